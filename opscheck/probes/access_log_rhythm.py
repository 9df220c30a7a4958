"""Where a log is silent for longer than it may be, found without reading the time of every line."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from opscheck.model.written import Stretches

_FEED: Final = b"\n"
_MOST: Final = 1000  # stretches of a log that are kept; what lies before the last of them then counts as silent


class Rhythm:
    """The stretches in which a log was written.

    Only where the lines at both ends of a part lie further apart than the silence that is allowed, the part is halved
    and looked into. Each end of a stretch, and each step within it, rests on lines that are there: where a clock was
    set back, or lines lie in disorder, less may be told than there is, and never more.
    """

    def __init__(self, when: Callable[[bytes], datetime | None], silence: timedelta) -> None:
        self._when, self._silence = when, silence
        self._ended: deque[tuple[datetime, datetime]] = deque(maxlen=_MOST)
        self._open: tuple[datetime, datetime] | None = None
        self._at: datetime | None = None

    @property
    def written(self) -> Stretches:
        """So far, in the order of the log."""
        return (*self._ended, *([self._open] if self._open is not None else []))

    def took(self, block: bytearray, start: int, end: int, last: datetime) -> None:
        """The next lines, whole ones, lie between two places; a line of the time `last` stands behind them."""
        if self._at is None:
            at, start = self._first(block, start, end)
            if at is not None:
                self._note(at)
        if self._at is not None:
            self._look(block, start, end, self._at, last)
        self._note(last)

    def _look(self, block: bytearray, start: int, end: int, before: datetime, after: datetime) -> None:
        """Lines between two others whose times are known."""
        if start >= end or abs(after - before) <= self._silence:
            return
        middle = max(block.rfind(_FEED, start, (start + end) // 2) + 1, start)
        at, behind = self._first(block, middle, end)
        if at is None:
            if middle > start:
                self._look(block, start, middle, before, after)
            return
        self._look(block, start, middle, before, at)
        self._note(at)
        self._look(block, behind, end, at, after)

    def _first(self, block: bytearray, start: int, end: int) -> tuple[datetime | None, int]:
        """The first line that tells its time: the time, and where the next line begins."""
        place = start
        while place < end:
            feed = block.find(_FEED, place, end)
            at = self._when(bytes(block[place:feed]))
            if at is not None:
                return at, feed + 1
            place = feed + 1
        return None, end

    def _note(self, at: datetime) -> None:
        self._at = at
        if self._open is None:
            self._open = (at, at)
            return
        start, end = self._open
        if at - end > self._silence or start - at > self._silence:
            self._ended.append(self._open)
            self._open = (at, at)
        else:
            self._open = (min(start, at), max(end, at))
