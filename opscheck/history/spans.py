"""One test's time, stretch by stretch: up, down, waived, unseen, or a gap in which nobody looked. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from opscheck.history.records import ResultRecord
from opscheck.model import Json, Outcome

_HOLD: Final = 2.5  # times the usual distance of two results until it is a gap
_ALONE: Final = timedelta(minutes=5)  # how long a single result stands


class State(StrEnum):
    """What a result says of what it looked at."""

    UP = "up"
    DOWN = "down"
    UNSEEN = "unseen"
    WAIVED = "waived"


# A waiver accepts what a check says, also that it could not be measured: it shows neither that something was up nor
# that it was down, and what somebody agreed to is not to be read out of an availability.
_STATES: Final[Mapping[Outcome, State]] = {
    Outcome.PASS: State.UP,
    Outcome.DEGRADED: State.UP,
    Outcome.FAIL: State.DOWN,
    Outcome.WAIVED: State.WAIVED,
}


def state_of(outcome: Outcome) -> State:
    """Degraded is up; what was waived or could not be measured is neither up nor down."""
    return _STATES.get(outcome, State.UNSEEN)


def usual_hold(records: Sequence[ResultRecord]) -> timedelta:
    """How long a result of one test stands where nothing else is said: two and a half of their usual distance."""
    steps = [(later.at - earlier.at).total_seconds() for earlier, later in pairwise(records) if later.at > earlier.at]
    return timedelta(seconds=statistics.median(steps) * _HOLD) if steps else _ALONE


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in one state; None for a gap."""

    state: State | None
    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """How long."""
        return (self.end - self.start).total_seconds()


def spans(
    records: Sequence[ResultRecord],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    hold: timedelta | None = None,
) -> list[Span]:
    """One test's time from `since` to `until`, stretch by stretch, gaps included; neighbours of one state are one.

    Args:
        records: of one test, oldest first.
        since: by default the first record.
        until: by default the end of the last record's time.
        hold: how long a result stands at most.
    """
    if not records and (since is None or until is None):
        return []
    stand = usual_hold(records) if hold is None else hold
    begin = records[0].at if since is None else since
    end = records[-1].at + stand if until is None else until
    found: list[Span] = []
    covered = begin
    for index, record in enumerate(records):
        start = max(record.at, begin)
        following = records[index + 1].at if index + 1 < len(records) else end
        stop = min(record.at + stand, following, end)
        if stop <= start or start >= end:
            continue
        if start > covered:
            found.append(Span(None, covered, start))
        found.append(Span(state_of(record.outcome), start, stop))
        covered = stop
    if covered < end:
        found.append(Span(None, covered, end))
    return _joined(found)


def _joined(found: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in found:
        if joined and joined[-1].state is span.state and joined[-1].end == span.start:
            joined[-1] = Span(span.state, joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


@dataclass(frozen=True, slots=True)
class Availability:
    """Seconds in each state; a gap is time in which nobody looked.

    >>> Availability(up=98.0, down=2.0, unseen=10.0, gap=50.0, waived=30.0).ratio
    0.98
    """

    up: float = 0.0
    down: float = 0.0
    unseen: float = 0.0
    gap: float = 0.0
    waived: float = 0.0

    @property
    def ratio(self) -> float | None:
        """The share of up in what was seen and not waived; None where nothing was."""
        seen = self.up + self.down
        return self.up / seen if seen else None

    @property
    def covered(self) -> float:
        """The share of the time that was seen and not waived; 0 for no time."""
        whole = self.up + self.down + self.unseen + self.gap + self.waived
        return (self.up + self.down) / whole if whole else 0.0

    def __add__(self, other: Availability) -> Availability:
        return Availability(
            self.up + other.up,
            self.down + other.down,
            self.unseen + other.unseen,
            self.gap + other.gap,
            self.waived + other.waived,
        )

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {
            "up_s": self.up,
            "down_s": self.down,
            "unseen_s": self.unseen,
            "gap_s": self.gap,
            "waived_s": self.waived,
            "ratio": self.ratio,
            "covered": self.covered,
        }


def availability(
    records: Sequence[ResultRecord],
    *,
    since: datetime | None = None,
    until: datetime | None = None,
    hold: timedelta | None = None,
) -> Availability:
    """How long one test's subject was up, down, waived, unseen, and not looked at. Arguments as those of `spans`."""
    seconds: dict[State | None, float] = {}
    for span in spans(records, since=since, until=until, hold=hold):
        seconds[span.state] = seconds.get(span.state, 0.0) + span.seconds
    states = (State.UP, State.DOWN, State.UNSEEN, None, State.WAIVED)
    return Availability(*(seconds.get(state, 0.0) for state in states))
