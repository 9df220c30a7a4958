"""`opscheck sri generate`: hashes into the pages and into the manifest, in one go or not at all."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from opscheck.checks._integrity import metadata_of
from opscheck.cli.sri_edit import Own, edited, is_done, own_tags
from opscheck.cli.sri_words import Unusable, shown_path
from opscheck.local_files import Outside, digest_all, inside, read_file

_PAGES: Final = (".html", ".htm", ".xhtml")
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")


@dataclass(slots=True)
class Change:
    """A file as it is and as it is to be; `before` is None where there is none yet."""

    path: Path
    before: bytes | None
    after: bytes

    @property
    def needed(self) -> bool:
        """They differ."""
        return self.before != self.after


@dataclass(slots=True)
class Plan:
    """What is to be written.

    Attributes:
        problems: why nothing may be written, one line each.
        told: what else is worth a line.
    """

    pages: list[Change] = field(default_factory=list)
    manifest: Change | None = None
    files: int = 0
    problems: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    @property
    def needed(self) -> list[Change]:
        """The files that have to change."""
        every = [*self.pages, *([self.manifest] if self.manifest else [])]
        return [one for one in every if one.needed]


def planned(root: Path, pages: Sequence[Path], manifest: Path, algorithm: str, ignored: Sequence[str]) -> Plan:
    """Read everything and compute everything; nothing is written.

    Raises:
        Unusable: the folder, a page or the manifest cannot be used at all.
    """
    if not root.is_dir():
        raise Unusable(f"{root}: is no folder")
    base = os.path.realpath(root)
    read = [(path, _read(base, path)) for path in sorted(set(_every(pages)), key=str)]
    found = [(path, source, list(own_tags(source, os.path.relpath(path, base)))) for path, source in read]
    names = {one.name for _, _, own in found for one in own}
    skipped = {name for name in names if any(fnmatchcase(name, pattern.lstrip("/")) for pattern in ignored)}
    files = digest_all(base, [(name, (algorithm,)) for name in sorted(names - skipped)])
    metadata = {file.name: metadata_of(file.digests, algorithm) for file in files if not file.problem}
    problems = {file.name: file.problem for file in files if file.problem}
    plan = Plan(files=len(metadata))
    for path, source, own in found:
        after = edited(source, own, metadata)
        plan.problems += _places(path, own, problems)
        plan.told += _places(path, own, dict.fromkeys(skipped, "ignored"))
        if not is_done(after, os.path.relpath(path, base), metadata):
            plan.problems.append(f"{shown_path(str(path))}: its tags cannot be told apart well enough to rewrite them")
        plan.pages.append(Change(path, source, after))
    if not metadata and not plan.problems:
        plan.problems.append("the pages load no file of the folder: there is nothing to generate")
    place = Path(os.path.realpath(manifest))
    plan.manifest = Change(place, _existing(place), _written(metadata, algorithm))
    return plan


def write(changes: Sequence[Change]) -> None:
    """Put every file in place: first all beside their places, then each at once where it belongs.

    Raises:
        Unusable: one cannot be written; then none was put in place.
    """
    staged: list[tuple[str, Path]] = []
    try:
        try:
            staged.extend((_staged(one), one.path) for one in changes)
            for temporary, path in staged:
                os.replace(temporary, path)  # noqa: PTH105 - names, not paths, are at hand
        except OSError as error:
            raise Unusable(f"{error.filename}: cannot be written: {error.strerror}") from None
    finally:
        for temporary, _ in staged:
            Path(temporary).unlink(missing_ok=True)


def _staged(one: Change) -> str:
    """The new content beside its place, with the mode and the owner of what is there."""
    handle, temporary = tempfile.mkstemp(dir=one.path.parent, prefix=f".{one.path.name[:80]}.", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(one.after)
            out.flush()
            os.fsync(handle)
            _like(handle, one.path)
    except OSError:
        Path(temporary).unlink(missing_ok=True)
        raise
    return temporary


def _like(handle: int, path: Path) -> None:
    try:
        known = path.stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(handle, 0o666 & ~mask)
        return
    os.fchmod(handle, known.st_mode & 0o7777)
    if (known.st_uid, known.st_gid) != (os.geteuid(), os.getegid()) and os.geteuid() == 0:
        os.fchown(handle, known.st_uid, known.st_gid)


def _every(pages: Sequence[Path]) -> Iterator[Path]:
    """The pages that were named, and those of folders that were named; links followed."""
    for path in pages:
        found = [path]
        if path.is_dir():
            found = [one for one in sorted(path.rglob("*")) if one.suffix.lower() in _PAGES and one.is_file()]
        yield from (Path(os.path.realpath(one)) for one in found)


def _read(base: str, path: Path) -> bytes:
    try:
        inside(base, os.path.relpath(path, base))
    except (Outside, OSError):
        raise Unusable(f"{shown_path(str(path))}: is not below {base}") from None
    file = read_file(path)
    if file.problem:
        raise Unusable(f"{shown_path(str(path))}: {file.problem}")
    if file.content.startswith(_WIDE):
        raise Unusable(f"{shown_path(str(path))}: is UTF-16, of which only ASCII and its supersets are rewritten")
    return file.content


def _places(path: Path, own: Sequence[Own], words: Mapping[str, str]) -> list[str]:
    """A line for each tag whose file there are words about."""
    page = shown_path(str(path))
    return [f"{page}:{one.line}: {shown_path(one.name)}: {words[one.name]}" for one in own if one.name in words]


def _existing(path: Path) -> bytes | None:
    if not path.exists():
        return None
    file = read_file(path)
    if file.problem:
        raise Unusable(f"{shown_path(str(path))}: {file.problem}")
    return file.content


def _written(metadata: dict[str, str], algorithm: str) -> bytes:
    """The manifest: sorted, indented by two, ended by a line feed."""
    record = {name: {algorithm: metadata[name]} for name in sorted(metadata)}
    text = json.dumps(record, indent=2, ensure_ascii=False, sort_keys=True)
    return text.encode("utf-8", "backslashreplace") + b"\n"
