"""Spans of time, and what a clock on a wall means: hours that a day does not have, and hours that it has twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From `start` on, before `end`; both UTC."""

    start: datetime
    end: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.start <= at < self.end

    @property
    def length(self) -> timedelta:
        """How long it lasts, by a stopwatch and not by the wall."""
        return self.end - self.start

    def overlaps(self, other: Span) -> bool:
        """Whether they share a moment."""
        return self.start < other.end and other.start < self.end


def instant(local: datetime, zone: ZoneInfo) -> datetime:
    """The moment (UTC) at which a clock in the zone has reached this reading, a datetime without a zone.

    An hour that the clock jumps over is reached when it jumps; of an hour that it shows twice the first counts.
    """
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if first <= second:
        return first
    # Skipped: the earlier of both readings lies before the jump, the later one behind it.
    before, behind = second, first
    offset = behind.astimezone(zone).utcoffset()
    while behind - before > _SECOND:
        middle = before + timedelta(seconds=(behind - before) // _SECOND // 2)
        if middle.astimezone(zone).utcoffset() == offset:
            behind = middle
        else:
            before = middle
    return behind


def is_skipped(local: datetime, zone: ZoneInfo) -> bool:
    """Whether a clock in the zone never shows this."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first > second


def is_doubled(local: datetime, zone: ZoneInfo) -> bool:
    """Whether a clock in the zone shows this twice."""
    first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    return first < second


def without(spans: Iterable[Span], holes: Iterable[Span]) -> list[Span]:
    """What the holes leave of the spans, in order."""
    left = sorted(spans)
    for hole in holes:
        rest = []
        for one in left:
            if not one.overlaps(hole):
                rest.append(one)
                continue
            if one.start < hole.start:
                rest.append(Span(one.start, hole.start))
            if hole.end < one.end:
                rest.append(Span(hole.end, one.end))
        left = rest
    return left


def duration(length: timedelta) -> str:
    """`4 h`, `2 h 30 min`, `45 s`, `3 d 2 h`: the two largest units, for people.

    >>> duration(timedelta(minutes=150)), duration(timedelta(seconds=12.4))
    ('2 h 30 min', '12 s')
    """
    seconds = int(abs(length).total_seconds())
    units = (("d", 86_400), ("h", 3600), ("min", 60), ("s", 1))
    parts: list[str] = []
    for name, size in units:
        count, seconds = divmod(seconds, size)
        if count or (name == "s" and not parts):
            parts.append(f"{count} {name}")
    return " ".join(parts[:2])
