"""Which files a set of logs is at one instant, however the logs are rotated meanwhile.

A log is renamed and begun anew, or copied and cut to nothing; old ones are compressed. So files are told apart by what
they are, not by their names: they are opened at once, looked at again until nothing has changed in between, and read up
to the size that they had then. A copy of a log that is there as well is not read twice.
"""

from __future__ import annotations

import contextlib
import glob
import os
import re
import stat
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeAlias

from opscheck.errors import UserError
from opscheck.probes.access_log_gzip import MAGIC, Gunzip
from opscheck.probes.access_log_path import printable

STDIN: Final = "-"
_HEAD: Final = 4096  # bytes of its beginning by which a log is known
_ROUNDS: Final = 25  # looks until nothing changes in between
_PAUSE: Final = 0.02  # seconds between two of them
_OPEN: Final = os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC  # not waiting for whoever may write to a pipe
_ROTATED: Final = re.compile(r"(?:[.-]\d[\d_-]*)?(?:\.(?:gz|bak|old|orig|copy))*$")
_FOREIGN: Final = {
    b"\xfd7zXZ\0": ("xz", "xz -dc"),
    b"BZh": ("bzip2", "bzip2 -dc"),
    b"\x28\xb5\x2f\xfd": ("zstd", "zstd -dc"),
    b"PK\x03\x04": ("zip", "unzip -p"),
}
Identity: TypeAlias = tuple[int, int]


class LogUnreadable(UserError):
    """A log cannot be read at all; one line that names it and says why."""


@dataclass(frozen=True, slots=True)
class Source:
    """One opened log.

    Attributes:
        identity: device and inode; the name may by now be another file's.
        size: bytes that belong to it, as stored; -1 for what is no file and ends when it ends.
        head: its beginning, decompressed.
    """

    name: str
    descriptor: int
    identity: Identity
    size: int
    head: bytes = b""
    gzip: bool = False

    def close(self) -> None:
        """Give it up; standard input stays open."""
        if self.name != STDIN:
            os.close(self.descriptor)


def open_logs(patterns: Sequence[str]) -> list[Source]:
    """The logs as they are now, each once; whoever asked for them closes them.

    Args:
        patterns: names, patterns such as `access.log*`, or `-` for standard input.

    Raises:
        LogUnreadable: one of them cannot be read.
    """
    held: dict[Identity, Source] = {}
    try:
        for attempt in range(_ROUNDS):
            absent = _open_new(patterns, held, patient=attempt < _ROUNDS - 1)
            held = {identity: _as_it_is(source) for identity, source in held.items()}
            if not absent and _identities(patterns) <= set(held):
                break
            time.sleep(_PAUSE)
        return _each_once(list(held.values()))
    except BaseException:
        for source in held.values():
            source.close()
        raise


def names_of(patterns: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """The names that patterns stand for now, each with whether it was given as it is.

    Raises:
        LogUnreadable: nothing is there for one of them.
    """
    for pattern in patterns:
        if pattern == STDIN or not glob.has_magic(pattern) or os.path.lexists(pattern):
            yield pattern, True
            continue
        found = sorted(glob.glob(pattern))  # noqa: PTH207 - a pattern may be absolute, which Path.glob refuses
        if not found:
            raise LogUnreadable(f"{printable(pattern)}: no such file")
        yield from ((name, False) for name in found)


def _open_new(patterns: Sequence[str], held: dict[Identity, Source], *, patient: bool) -> bool:
    """Open what is not held yet; whether a name is absent that may be back in a moment."""
    absent = False
    for name, given in names_of(patterns):
        try:
            source = _opened(name)
        except FileNotFoundError as error:
            if given and not (patient and glob.glob(f"{glob.escape(name)}?*")):  # noqa: PTH207 - see names_of
                raise _unreadable(name, error) from None
            absent |= given
            continue
        except (OSError, ValueError) as error:
            raise _unreadable(name, error) from None
        if source is None and given:
            inside = printable(os.path.join(name, "access.log*"))  # noqa: PTH118 - as the user wrote it
            raise LogUnreadable(f"{printable(name)}: is a folder; name its files, such as {inside}")
        if source is not None and held.setdefault(source.identity, source) is not source:
            source.close()
    return absent


def _unreadable(name: str, error: Exception) -> LogUnreadable:
    why = (error.strerror if isinstance(error, OSError) else str(error)) or type(error).__name__
    return LogUnreadable(f"{printable(name)}: {why[0].lower()}{why[1:]}")


def _opened(name: str) -> Source | None:
    """The log of that name; None where it is a folder."""
    descriptor = 0 if name == STDIN else os.open(name, _OPEN)
    found = os.fstat(descriptor)
    regular = stat.S_ISREG(found.st_mode) and name != STDIN
    source = Source(name, descriptor, (found.st_dev, found.st_ino), found.st_size if regular else -1)
    if stat.S_ISDIR(found.st_mode):
        source.close()
        return None
    if not regular and name != STDIN:
        os.set_blocking(descriptor, True)
    return source


def _as_it_is(source: Source) -> Source:
    """With its size and its beginning as they are at the same instant."""
    if source.size < 0:
        return source
    try:
        size, raw = _beginning(source.descriptor)
    except OSError as error:
        raise _unreadable(source.name, error) from None
    for magic, (format_, command) in _FOREIGN.items():
        if raw.startswith(magic):
            name = printable(source.name)
            raise LogUnreadable(f"{name}: is compressed by {format_}; hand it over by {command} {name} | ... -")
    if not raw.startswith(MAGIC):
        return replace(source, size=size, head=raw, gzip=False)
    return replace(source, size=size, head=_unzipped_head(source.descriptor), gzip=True)


def _beginning(descriptor: int) -> tuple[int, bytes]:
    """Size and first bytes, which no cut came between."""
    while True:
        size = os.fstat(descriptor).st_size
        raw = os.pread(descriptor, min(size, _HEAD), 0)
        if len(raw) == min(size, _HEAD) and os.fstat(descriptor).st_size >= size:
            return size, raw


def _unzipped_head(descriptor: int) -> bytes:
    room, filled = memoryview(bytearray(_HEAD)), 0
    gunzip = Gunzip(stored(descriptor))
    while filled < _HEAD and (count := gunzip.read_into(room[filled:])):
        filled += count
    return bytes(room[:filled])


class stored:  # noqa: N801 - reads as a function where it is used
    """Gives the bytes of a file piece by piece, wherever others read in it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor, self._offset = descriptor, 0

    def __call__(self, count: int) -> bytes:
        """At most so many; none at the end."""
        data = os.pread(self._descriptor, count, self._offset)
        self._offset += len(data)
        return data


def _identities(patterns: Sequence[str]) -> set[Identity]:
    """What the names stand for now."""
    found = set()
    for name, _ in names_of([pattern for pattern in patterns if pattern != STDIN]):
        with contextlib.suppress(OSError):
            told = os.stat(name)  # noqa: PTH116 - a name may be one that Path would change
            if not stat.S_ISDIR(told.st_mode):
                found.add((told.st_dev, told.st_ino))
    return found


def _each_once(sources: list[Source]) -> list[Source]:
    """Without copies of what is there as well: one that is being compressed, copied or was put aside."""
    kept: list[Source] = []
    for source in sorted(sources, key=lambda one: (one.gzip, -one.size)):
        if any(_is_copy(source, other) for other in kept):
            source.close()
        else:
            kept.append(source)
    return [source for source in sources if source in kept]


def _is_copy(source: Source, other: Source) -> bool:
    if source.size < 0 or other.size < 0 or _family(source.name) != _family(other.name):
        return False
    if not source.head:
        return source.gzip and source.name == f"{other.name}.gz"
    return source.head == other.head[: len(source.head)] if len(source.head) < _HEAD else source.head == other.head


def _family(name: str) -> tuple[str, str]:
    """Folder and name without what rotation adds to it."""
    path = Path(os.path.realpath(name))
    return str(path.parent), _ROTATED.sub("", path.name)


def copy_of(source: Source) -> Source | None:
    """The copy that was made of a log before it was cut to nothing; whoever asked for it closes it."""
    folder, base = _family(source.name)
    for name in sorted(glob.glob(f"{glob.escape(os.path.join(folder, base))}?*")):  # noqa: PTH118, PTH207 - see names_of
        opened: Source | None = None
        with contextlib.suppress(OSError, LogUnreadable):
            opened = _opened(name)
            copy = _as_it_is(opened) if opened is not None else None
            if copy is not None and copy.identity != source.identity and _holds(copy, source):
                return copy
        if opened is not None:
            opened.close()
    return None


def _holds(copy: Source, source: Source) -> bool:
    return copy.head[: len(source.head)] == source.head and (copy.gzip or copy.size >= source.size)


def holes(names: Iterable[str]) -> list[tuple[str, str]]:
    """Logs that are missing between numbered ones, each with the next newer one that is there."""
    numbered: dict[str, dict[int, str]] = {}
    for name in names:
        base, dot, number = name.removesuffix(".gz").rpartition(".")
        known = dot and number.isascii() and number.isdigit() and len(number) < 4
        numbered.setdefault(base if known else name, {})[int(number) if known else 0] = name
    found = []
    for base, logs in numbered.items():
        for older, newer in zip(sorted(logs)[1:], sorted(logs), strict=False):
            found += [(f"{base}.{number}", logs[newer]) for number in range(newer + 1, min(older, newer + 100))]
    return found
