"""The bytes of a log, each exactly once, also where the log is cut to nothing while it is read."""

from __future__ import annotations

import os
import time
from typing import Final, Protocol

from opscheck.probes.access_log_files import Source, copy_of, stored
from opscheck.probes.access_log_gzip import MAGIC, Gunzip

_FIRST: Final = 64 * 1024  # bytes by which a pipe is judged
_LOOKS: Final = 10  # for a copy, which may just be renamed or compressed
_PAUSE: Final = 0.05  # seconds between two of them
_DROPPED: Final = 256 * 1024  # bytes of a copy that are passed over at once


class Reading(Protocol):
    """Gives the bytes of a log."""

    @property
    def broken(self) -> str:
        """Why some of them are missing; empty where none is."""

    def read_into(self, room: memoryview) -> int:
        """Write the next bytes; how many, 0 at the end."""

    def close(self) -> None:
        """Give up what was opened for it."""


class Plain:
    """A file up to the size that it had; what it was is looked at behind every piece that is read."""

    def __init__(self, source: Source) -> None:
        self._source = self._now = source
        self._offset = 0
        self._unzipped: Gunzip | None = None
        self.broken = ""

    def close(self) -> None:
        """Give up what was opened beside the log itself."""
        if self._now is not self._source:
            self._now.close()

    def read_into(self, room: memoryview) -> int:
        """The next bytes, from the copy that was made where the file has been cut to nothing."""
        room = room[: self._source.size - self._offset]
        if not room:
            return 0
        if self._unzipped is not None:
            count = self._unzipped.read_into(room)
        else:
            count = os.preadv(self._now.descriptor, [room], self._offset)
            if not count or not self._same():
                return self.read_into(room) if self._go_on_in_copy() else 0
        self._offset += count
        if not count:
            self._lost()
        return count

    def _same(self) -> bool:
        """The file still begins as it did, so whatever was read is of the log that was opened."""
        return os.pread(self._now.descriptor, len(self._source.head), 0) == self._source.head

    def _go_on_in_copy(self) -> bool:
        copy = copy_of(self._source) if self._now is self._source else None
        for _ in range(_LOOKS if self._now is self._source else 0):
            if copy is not None:
                break
            time.sleep(_PAUSE)
            copy = copy_of(self._source)
        if copy is None:
            self._lost()
            return False
        self._now = copy
        if copy.gzip:
            self._unzipped = Gunzip(stored(copy.descriptor))
            left = self._offset
            scratch = memoryview(bytearray(_DROPPED))
            while left and (count := self._unzipped.read_into(scratch[:left])):
                left -= count
        return True

    def _lost(self) -> None:
        missing = self._source.size - self._offset
        self.broken = f"it was cut to nothing while it was read, and {missing} bytes of it are not found again"
        self._offset = self._source.size


class Zipped:
    """A compressed file."""

    def __init__(self, source: Source) -> None:
        self._unzipped = Gunzip(stored(source.descriptor))

    @property
    def broken(self) -> str:
        """Why it ended before its end."""
        return self._unzipped.broken

    def read_into(self, room: memoryview) -> int:
        """The next bytes."""
        return self._unzipped.read_into(room)

    def close(self) -> None:
        """Nothing was opened."""


class Piped:
    """What comes through a pipe, compressed or not."""

    def __init__(self, source: Source) -> None:
        self._descriptor = source.descriptor
        self._first: bytes | None = None
        self._unzipped: Gunzip | None = None

    @property
    def broken(self) -> str:
        """Why it ended before its end."""
        return self._unzipped.broken if self._unzipped is not None else ""

    def read_into(self, room: memoryview) -> int:
        """The next bytes; waits for them."""
        if self._first is None:
            self._first = os.read(self._descriptor, _FIRST)
            if self._first.startswith(MAGIC):
                self._unzipped = Gunzip(self._more)
        if self._unzipped is not None:
            return self._unzipped.read_into(room)
        data = self._more(len(room))
        room[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Nothing was opened."""

    def _more(self, count: int) -> bytes:
        first, self._first = self._first or b"", b""
        if len(first) > count:
            first, self._first = first[:count], first[count:]
        return first or os.read(self._descriptor, count)


def reading(source: Source) -> Reading:
    """How a log is read."""
    if source.size < 0:
        return Piped(source)
    return Zipped(source) if source.gzip else Plain(source)
