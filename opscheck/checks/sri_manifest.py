"""The files of a folder are what their manifest says."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from opscheck.checks._integrity import lints
from opscheck.checks._manifest import BadManifest, Entry, Source, problems, read_manifest, told, unusable
from opscheck.checks._words import degraded, failed, passed, shown, unclear
from opscheck.model import Verdict
from opscheck.model.files import FileDigest, FolderDigests
from opscheck.registry import check

_EXPECTED: Final = "a manifest that names files, and each file as its hash says"
_ABSENT: Final = frozenset({"no such file or directory", "not a directory"})


@check(
    "sri-manifest",
    promise="Every file that the manifest names is there, and is what its hash says.",
    concern="sri",
    faults={
        "manifest-drift": "a file is not what the manifest says: one of the two is older than the other",
        "manifest-file-missing": "the manifest names a file that is not there, or that lies outside the folder",
        "manifest-record-unusable": "a record holds no hash that anything could be compared with",
        "manifest-unusable": "the manifest is not there, is no JSON object, or names no file at all",
    },
    remedy="generate the manifest from what is to be deployed: opscheck sri generate",
)
def sri_manifest(manifest: Source, files: FolderDigests) -> Verdict:
    """Judge a manifest by the digests of the files that it names."""
    try:
        entries = read_manifest(manifest)
    except BadManifest as error:
        return unusable(error, manifest, expected=_EXPECTED)
    seen = _by_name(files)
    wrong, blind = list(problems(entries)), list[str]()
    for entry in entries:
        if entry.problem:
            continue
        line, is_blind = compared(entry, seen.get(entry.name))
        if line:
            (blind if is_blind else wrong).append(line)
    counted = f"{len(entries) - len(wrong) - len(blind)} of {len(entries)} files as the manifest says"
    if wrong:
        reason = f"{len(wrong)} of {len(entries)} files are not as the manifest says"
        return failed(reason, expected=_EXPECTED, observed=told(wrong))
    if blind:
        reason = f"{len(blind)} of {len(entries)} files could not be read"
        remedy = "run this as a user who may read the files"
        return unclear(reason, expected=_EXPECTED, observed=told(blind), remedy=remedy)
    weak = lints(one for entry in entries for one in entry.hashes)
    if weak:
        return degraded(weak[0], expected=_EXPECTED, observed=f"{counted}; {told(weak)}")
    return passed(counted, expected=_EXPECTED, observed=f"{counted}, below {shown(files.root, 80)}")


def _by_name(files: FolderDigests) -> dict[str, FileDigest]:
    """Two records may mean the same file, by other algorithms."""
    seen: dict[str, FileDigest] = {}
    for one in files.files:
        before = seen.get(one.name)
        seen[one.name] = replace(one, digests={**before.digests, **one.digests}) if before else one
    return seen


def compared(entry: Entry, file: FileDigest | None) -> tuple[str, bool]:
    """What is wrong with a file, and whether it could only not be read; empty where it is as its entry says."""
    path = shown(entry.path, 70)
    if file is None:
        return f"{path}: was not looked at", True
    if file.problem:
        readable = file.problem.startswith(("refused", "is ")) or file.problem in _ABSENT
        return f"{path}: {file.problem}", not readable
    if entry.matches(file.digests):
        return "", False
    return f"{path}: expected {shown(entry.expected, 40)}, current {entry.current(file.digests)[:31]}…", False
