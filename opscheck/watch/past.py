"""What came before, as the page draws it: counts by day and by half hour, of a fixed size for each check of a host."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Final, Protocol

from opscheck.model import Outcome
from opscheck.report.latency import latency_ms
from opscheck.report.run import Result
from opscheck.watch.problems import Place

DAYS: Final = 90
SLOTS: Final = 48
SLOT: Final = timedelta(minutes=30)
GOOD, BAD, UNSEEN, WAIVED = _KINDS = range(4)
_KIND_OF: Final = {
    Outcome.PASS: GOOD,
    Outcome.DEGRADED: GOOD,
    Outcome.WAIVED: WAIVED,
    Outcome.FAIL: BAD,
    Outcome.UNMEASURED: UNSEEN,
    Outcome.BLOCKED: UNSEEN,
}
_WIDTH: Final = len(_KINDS)
_NOTHING: Final = array("L", [0] * _WIDTH)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

Tally = tuple[int, int, int, int]  # samples that were good, bad, not to be seen and waived; nothing but 0 is a gap


class Strip:
    """Counts by consecutive numbers, of which the last `size` are kept: days, or half hours, since 1970."""

    __slots__ = ("_counts", "newest", "size")

    def __init__(self, size: int) -> None:
        self.size = size
        self.newest = -1
        self._counts = array("L", bytes(array("L").itemsize * size * _WIDTH))

    def add(self, number: int, kind: int, times: int = 1) -> None:
        """Count; what is older than is kept is forgotten."""
        if self.newest < 0:
            self.newest = number
        for gone in range(max(self.newest + 1, number - self.size + 1), number + 1):
            at = gone % self.size * _WIDTH
            self._counts[at : at + _WIDTH] = _NOTHING
        self.newest = max(self.newest, number)
        if number > self.newest - self.size:
            self._counts[number % self.size * _WIDTH + kind] += times

    def until(self, number: int) -> array[int]:
        """The last ones up to this number, the oldest first: a count of each kind. `tallies` takes them apart."""
        behind = number - self.newest
        if self.newest < 0 or behind >= self.size or behind < 0:
            # Nothing yet, or long ago; or a clock that was set back, which hides what lies ahead of it.
            return array("L", [count for one in range(number - self.size + 1, number + 1) for count in self._at(one)])
        start = (self.newest + 1) % self.size * _WIDTH
        turned = self._counts[start:] + self._counts[:start]
        return turned[behind * _WIDTH :] + array("L", bytes(turned.itemsize * behind * _WIDTH))

    def _at(self, number: int) -> array[int]:
        if not self.newest - self.size < number <= self.newest:
            return _NOTHING
        at = number % self.size * _WIDTH
        return self._counts[at : at + _WIDTH]


def tallies(counts: array[int]) -> list[Tally]:
    """Counts as `Strip.until` gives them, taken apart."""
    good, bad, unseen, waived = (counts[kind::_WIDTH] for kind in _KINDS)
    return list(zip(good, bad, unseen, waived, strict=True))


def added(strips: Sequence[array[int]]) -> array[int]:
    """Several strips of the same length together."""
    return array("L", map(sum, zip(*strips, strict=True)))


def uptime(counts: array[int]) -> float | None:
    """The share of good samples among those that could be measured and were not waived, 0 to 1; None without any."""
    good, bad = sum(counts[GOOD::_WIDTH]), sum(counts[BAD::_WIDTH])
    return good / (good + bad) if good + bad else None


class Latencies:
    """The mean of latencies by half hour; the last `SLOTS` are kept."""

    __slots__ = ("_count", "_numbers", "_sum")

    def __init__(self) -> None:
        self._numbers = array("l", [-1] * SLOTS)
        self._sum = array("d", [0.0] * SLOTS)
        self._count = array("L", [0] * SLOTS)

    def add(self, number: int, seconds: float) -> None:
        """One more."""
        at = number % SLOTS
        if self._numbers[at] > number:
            return
        if self._numbers[at] != number:
            self._numbers[at], self._sum[at], self._count[at] = number, 0.0, 0
        self._sum[at] += seconds
        self._count[at] += 1

    def until(self, number: int) -> list[tuple[float, int]]:
        """Sum of seconds, and how many, of the last ones up to this number."""
        wanted = range(number - SLOTS + 1, number + 1)
        return [
            (self._sum[one % SLOTS], self._count[one % SLOTS]) if self._numbers[one % SLOTS] == one else (0.0, 0)
            for one in wanted
        ]


@dataclass(slots=True)
class Line:
    """One check of one host over time.

    Attributes:
        bad_since: since when it has not been good; None where it is, or where nothing is known yet.
        was_good: a round of this watch has seen it good: what history says of before no longer goes on.
    """

    days: Strip = field(default_factory=lambda: Strip(DAYS))
    slots: Strip = field(default_factory=lambda: Strip(SLOTS))
    latency: Latencies = field(default_factory=Latencies)
    bad_since: datetime | None = None
    was_good: bool = False


class DayCounts(Protocol):
    """A check's outcomes of one day, as history sums them up."""

    @property
    def day(self) -> date:
        """The day (UTC)."""

    @property
    def host(self) -> str:
        """The host's name."""

    @property
    def check(self) -> str:
        """The check's id."""

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many results have each outcome."""


class Sample(Protocol):
    """A result as history keeps it."""

    @property
    def at(self) -> datetime:
        """When it was observed (UTC)."""

    @property
    def host(self) -> str:
        """The host's name."""

    @property
    def check(self) -> str:
        """The check's id."""

    @property
    def outcome(self) -> Outcome:
        """What became of it."""

    @property
    def seconds(self) -> float | None:
        """The slowest exchange."""


def day_number(at: datetime) -> int:
    """Days since 1970 (UTC)."""
    return (at - _EPOCH).days


def slot_number(at: datetime) -> int:
    """Half hours since 1970."""
    return (at - _EPOCH) // SLOT


class Past:
    """All checks of all hosts over time. Days are those of UTC: each has 24 hours."""

    def __init__(self) -> None:
        self.lines: dict[Place, Line] = {}
        self._before: dict[Place, datetime | None] = {}  # since when it was bad, as far as history has been read

    def day(self, one: DayCounts) -> None:
        """A whole day of a check."""
        number = (one.day - _EPOCH.date()).days
        strip = self._line((one.host, one.check)).days
        for outcome, times in one.counts.items():
            if outcome in _KIND_OF:
                strip.add(number, _KIND_OF[outcome], times)

    def sample(self, one: Sample, *, days: bool = True) -> None:
        """One result of history, oldest first, until `loaded`; without `days` these have been told already."""
        place = (one.host, one.check)
        kind = self._add(place, one.outcome, one.at, one.seconds, days=days)
        if kind is not None:
            self._before[place] = None if kind in (GOOD, WAIVED) else self._before.get(place) or one.at

    def loaded(self) -> None:
        """History has been read: what was bad at its end, and has been since, began there.

        Until then nothing is known of that: halfway through, what was long over would look as if it went on.
        """
        for place, since in self._before.items():
            line = self._line(place)
            if since is not None and not line.was_good:
                line.bad_since = min(since, line.bad_since or since)
        self._before.clear()

    def take(self, results: Iterable[Result], at: datetime) -> None:
        """The results of a round."""
        for result in results:
            ms = latency_ms(result)
            place = (result.host, result.check)
            kind = self._add(place, result.outcome, at, None if ms is None else ms / 1000, days=True)
            line = self._line(place)
            if kind in (GOOD, WAIVED):
                line.bad_since, line.was_good = None, True
            elif kind is not None and line.bad_since is None:
                line.bad_since = at

    def _add(self, place: Place, outcome: Outcome, at: datetime, seconds: float | None, *, days: bool) -> int | None:
        """Count it; its kind, None where it is none."""
        kind = _KIND_OF.get(outcome)
        if kind is None:
            return None
        line = self._line(place)
        if days:
            line.days.add(day_number(at), kind)
        line.slots.add(slot_number(at), kind)
        if seconds is not None and kind != UNSEEN:
            line.latency.add(slot_number(at), seconds)
        return kind

    def _line(self, place: Place) -> Line:
        return self.lines.setdefault(place, Line())

    def bad_since(self, places: Iterable[Place]) -> datetime | None:
        """Since when one of them has not been good."""
        known = [line.bad_since for place in places if (line := self.lines.get(place)) and line.bad_since]
        return min(known, default=None)
