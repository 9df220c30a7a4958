"""`opscheck sri check`: a manifest against the files of a folder, and against what a host serves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from opscheck.checks._integrity import lints
from opscheck.checks._manifest import BadManifest, Entry, read_manifest, wanted
from opscheck.cli.sri_words import Unusable, shown_path
from opscheck.local_files import digest_all, read_file
from opscheck.model.files import FileDigest


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the report; `good` is None where it could not be seen."""

    text: str
    good: bool | None = True


def entries_of(manifest: Path) -> tuple[Entry, ...]:
    """The entries of a manifest.

    Raises:
        Unusable: there is nothing to compare with.
    """
    try:
        return read_manifest(read_file(manifest))
    except BadManifest as error:
        raise Unusable(f"{shown_path(str(manifest))}: {error}") from None


def compare(entries: Sequence[Entry], root: Path) -> Iterator[Line]:
    """A line for each entry, in the manifest's order.

    Raises:
        Unusable: the folder is none.
    """
    if not root.is_dir():
        raise Unusable(f"{shown_path(str(root))}: is no folder")
    files = iter(digest_all(root, wanted(entries)))
    for entry in entries:
        yield _line(entry, None if entry.problem else next(files))


def _line(entry: Entry, file: FileDigest | None) -> Line:
    name = shown_path(entry.path)
    problem = entry.problem or (file.problem if file else "")
    if problem or file is None:
        expected = f"; expected {shown_path(entry.expected)}" if entry.expected else ""
        return Line(f"ERR {name}: {problem}{expected}", good=False)
    if entry.matches(file.digests):
        odd = lints(entry.hashes)
        return Line(f"OK  {name}" + (f" (but {odd[0]})" if odd else ""))
    expected, current = shown_path(entry.expected), entry.current(file.digests)
    return Line(f"ERR {name}: expected {expected}, current {current}", good=False)


def summary(lines: Sequence[Line], what: str) -> str:
    """The last line: how many, and how many are not as they should be."""
    good = sum(line.good is True for line in lines)
    blind = sum(line.good is None for line in lines)
    unseen = f", {blind} not seen" if blind else ""
    return f"{len(lines)} {what}: {good} OK, {len(lines) - good - blind} ERR{unseen}"


def exit_code(lines: Sequence[Line]) -> int:
    """0 where all is as it should be, 1 where something is not, 2 where something could not be seen."""
    if any(line.good is False for line in lines):
        return 1
    return 2 if any(line.good is None for line in lines) else 0
