"""A log as it comes in blocks: what is no hit is passed over at the speed of a pattern, the rest is read with care."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from opscheck.model.written import SILENCE, Stretches
from opscheck.probes.access_log_line import Entry, LineReader, Told
from opscheck.probes.access_log_rhythm import Rhythm
from opscheck.probes.access_log_shape import Shapes
from opscheck.probes.access_log_tally import Hits

BLOCK: Final = 256 * 1024  # bytes; also the longest line, because a line has to fit into a block
_FEED: Final = b"\n"


class Scanner:
    """Counts the lines of one log. `room` is where the next bytes belong, `took` says how many came.

    Attributes:
        lines, unreadable, hits: so far.
        first: the time of the first readable line.
    """

    def __init__(self, reader: LineReader, shapes: Shapes, hits: Hits, silence: timedelta = SILENCE) -> None:
        self._reader, self._shapes, self._tally = reader, shapes, hits
        self._rhythm = Rhythm(reader.when, silence)
        self._block = bytearray(BLOCK + 1)  # one more for the line feed that a log may lack at its end
        self._view = memoryview(self._block)
        self._filled = 0
        self._overlong = False
        self._last = b""
        self.lines = self.unreadable = self.hits = 0
        self.first: datetime | None = None

    @property
    def last(self) -> datetime | None:
        """The time of the last readable line."""
        return self._reader.when(self._last) if self._last else None

    @property
    def written(self) -> Stretches:
        """The stretches in which no two readable lines lie further apart than the log may be silent."""
        return self._rhythm.written

    def room(self) -> memoryview:
        """Where the next bytes of the log have to be written; never empty."""
        return self._view[self._filled : BLOCK]

    def took(self, count: int) -> None:
        """So many bytes were written there."""
        self._filled += count
        end = self._block.rfind(_FEED, self._filled - count, self._filled) + 1
        start = 0
        if self._overlong and end:
            start = self._block.find(_FEED, 0, end) + 1
            self._overlong = False
        self._scan(start, end)
        self._keep(end)

    def finish(self) -> None:
        """The log has no more bytes; what stands behind the last line feed is a line, too."""
        if self._filled and not self._overlong:
            self._block[self._filled] = _FEED[0]
            self._scan(0, self._filled + 1)
        self._filled = 0

    def _keep(self, end: int) -> None:
        """Move the beginning of a line to the front; one that fills the block is given up."""
        left = self._filled - end
        if self._overlong:
            left = 0
        elif left >= BLOCK:
            self.lines += 1
            self.unreadable += 1
            self._overlong, left = True, 0
        elif end:
            self._view[:left] = self._view[end : self._filled]
        self._filled = left

    def _scan(self, start: int, end: int) -> None:
        """Count the lines between two places, the second behind a line feed."""
        readable = 0  # where the last readable line ends
        place = start
        while place < end:
            passed = self._pass_over(place, end) if self.first is not None else place
            if passed > place:
                place = readable = passed
                continue
            feed = self._block.find(_FEED, place, end)
            if self._careful(bytes(self._view[place:feed])):
                readable = feed + 1
            place = feed + 1
        if readable:
            begin = self._block.rfind(_FEED, start, readable - 1) + 1 or start
            self._last = bytes(self._view[begin : readable - 1])
            self._shapes.expect(self._last)
            last = self.last
            if last is not None:
                self._rhythm.took(self._block, start, begin, last)

    def _pass_over(self, place: int, end: int) -> int:
        """Where the lines end that are surely readable and no hits."""
        shapes, block, begin = self._shapes, self._block, place
        while (match := shapes.several.match(block, place, end)) is not None:
            place = match.end()
            self.lines += shapes.count
        for pattern in (shapes.some, shapes.others):
            passed = pattern.match(block, place, end).end()  # type: ignore[union-attr] # it matches nothing as well
            if passed > place:
                self.lines += block.count(_FEED, place, passed)
                return passed
            if place > begin:
                break  # a line that is like none: it has to be read
        return place

    def _careful(self, line: bytes) -> bool:
        """Read one line; whether it can be read."""
        self.lines += 1
        told = self._reader.read(line)
        if told is Told.UNREADABLE:
            self.unreadable += 1
            return False
        if isinstance(told, Entry):
            self.hits += self._tally.add(told)
        else:
            self._shapes.learn(line)
        if self.first is None:
            self.first = self._reader.when(line)
        return True


Fill = Callable[[memoryview], int]


def scan(scanner: Scanner, fill: Fill) -> None:
    """Read a log to its end: `fill` writes its next bytes and says how many, 0 at the end."""
    while count := fill(scanner.room()):
        scanner.took(count)
    scanner.finish()
