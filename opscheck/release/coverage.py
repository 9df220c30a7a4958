"""Stretches of time as sets: what is covered, what is missing between. Pure; instants are timezone-aware."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise

Spans = tuple["Stretch", ...]


@dataclass(frozen=True, slots=True, order=True)
class Stretch:
    """From an instant to a later one, in UTC whatever zone they were given in."""

    start: datetime
    end: datetime

    def __post_init__(self) -> None:
        if self.start.tzinfo is None or self.end.tzinfo is None:
            raise ValueError("an instant without a zone covers nothing")
        # Arithmetic within a zone of its own would go by its wall clock, which jumps twice a year.
        object.__setattr__(self, "start", self.start.astimezone(UTC))
        object.__setattr__(self, "end", self.end.astimezone(UTC))

    @property
    def length(self) -> timedelta:
        """How long it is; nothing where it ends before it begins."""
        return max(self.end - self.start, timedelta())


def union(stretches: Iterable[Stretch]) -> Spans:
    """The same time in order, each instant once, what touches joined."""
    joined: list[Stretch] = []
    for one in sorted(one for one in stretches if one.length):
        if joined and one.start <= joined[-1].end:
            joined[-1] = Stretch(joined[-1].start, max(joined[-1].end, one.end))
        else:
            joined.append(one)
    return tuple(joined)


def within(stretches: Iterable[Stretch], bounds: Iterable[Stretch]) -> Spans:
    """What lies in both."""
    outer = union(bounds)
    return union(Stretch(max(one.start, bound.start), min(one.end, bound.end)) for one in stretches for bound in outer)


def without(stretches: Iterable[Stretch], taken: Iterable[Stretch]) -> Spans:
    """What is left of the ones without the others."""
    left = list(union(stretches))
    for gone in union(taken):
        left = [
            part
            for one in left
            for part in (Stretch(one.start, min(one.end, gone.start)), Stretch(max(one.start, gone.end), one.end))
            if part.length
        ]
    return union(left)


def total(stretches: Iterable[Stretch]) -> timedelta:
    """How much time it is, each instant once."""
    return sum((one.length for one in union(stretches)), timedelta())


def sampled(instants: Sequence[datetime], every: timedelta, late: timedelta) -> Spans:
    """The time that samples cover: each speaks for the interval before it, and up to the one before if that is near.

    A sample that comes later than `every` and `late` behind the one before leaves a gap; samples that overlap, come
    twice or out of order, as after a clock was set back, cover no instant more than once.
    """
    covered = [Stretch(at - every, at) for at in instants]
    ordered = sorted(at.astimezone(UTC) for at in instants)
    for before, at in pairwise(ordered):
        if at - before <= every + late:
            covered.append(Stretch(before, at))
    return union(covered)
