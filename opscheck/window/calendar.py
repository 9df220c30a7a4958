"""Schedules and freezes together: may a window open now, until when, and if not, when is the next."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from opscheck.window.schedule import Freeze, Schedule
from opscheck.window.spans import Span, without


@dataclass(frozen=True, slots=True)
class Slot:
    """A time in which a window may be open.

    Attributes:
        planned: what the schedule says; `span` is what freezes leave of it.
    """

    schedule: Schedule
    day: date
    planned: Span
    span: Span

    @property
    def is_cut(self) -> bool:
        """A freeze takes a part of it."""
        return self.span != self.planned

    @property
    def remarks(self) -> list[str]:
        """What the clock or a freeze does to it."""
        cut = ["a freeze takes a part of it"] if self.is_cut else []
        return [*self.schedule.remarks(self.day), *cut]


@dataclass(frozen=True, slots=True)
class Calendar:
    """All schedules and freezes of some hosts."""

    schedules: Sequence[Schedule] = ()
    freezes: Sequence[Freeze] = ()

    def for_hosts(self, hosts: Sequence[str]) -> Calendar:
        """Schedules that cover all these hosts, and freezes that concern any of them."""
        wanted = set(hosts)
        return Calendar(
            [one for one in self.schedules if not one.hosts or wanted <= set(one.hosts)],
            [one for one in self.freezes if not one.hosts or wanted & set(one.hosts)],
        )

    def frozen(self, at: datetime) -> Freeze | None:
        """The freeze that a moment lies in."""
        return next((one for one in self.freezes if at in one.span), None)

    def slots(self, since: datetime) -> Iterator[Slot]:
        """The times that end after a moment, by start, for some two years; what is frozen wholly is left out."""
        # Each schedule's own are in order; only a freeze that cuts one in two makes more of them.
        streams = [self._of(one, since) for one in self.schedules]
        merged = heapq.merge(*streams, key=lambda slot: slot.span.start)
        return (slot for slot in merged if slot.span.end > since)

    def _of(self, schedule: Schedule, since: datetime) -> Iterator[Slot]:
        holes = [one.span for one in self.freezes]
        for day, planned in schedule.occurrences(since):
            for left in without([planned], holes):
                yield Slot(schedule, day, planned, left)

    def current(self, at: datetime) -> Slot | None:
        """The time that a moment lies in; of several the one that ends last."""
        found = [
            slot for slot in itertools.takewhile(lambda slot: slot.span.start <= at, self.slots(at)) if at in slot.span
        ]
        return max(found, key=lambda slot: slot.span.end, default=None)

    def following(self, at: datetime, count: int) -> list[Slot]:
        """The next times that begin after a moment."""
        return list(itertools.islice((slot for slot in self.slots(at) if slot.span.start > at), count))
