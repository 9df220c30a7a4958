"""What results come to over time. Pure: records in, numbers out; times are timezone-aware UTC, durations seconds.

A result stands until the next one of the same test, but not for longer than `hold`: beyond that is a gap, in which
nobody looked. UNMEASURED, BLOCKED and WAIVED are neither up nor down, and a gap is none of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final, TypeAlias

from opscheck.history.records import DayRecord, ResultRecord, RunRecord
from opscheck.history.sketch import Sketch
from opscheck.history.spans import Availability, Span, State, availability, spans, state_of, usual_hold
from opscheck.model import Json, Outcome
from opscheck.report.waived import NOT_IN_ORDER

__all__ = [
    "Availability",
    "Flap",
    "Percentiles",
    "Regression",
    "Span",
    "State",
    "Warming",
    "Worse",
    "availability",
    "by_test",
    "counts_of_days",
    "first_failure",
    "flaps",
    "latest_state",
    "mended_waivers",
    "percentiles",
    "percentiles_of_days",
    "regressions",
    "spans",
    "state_of",
    "unseen_since",
    "usual_hold",
    "warming",
]

SLOWER_FACTOR: Final = 1.5  # times the latency before
SLOWER_FLOOR: Final = 0.1  # and at least these seconds more: a fast answer that doubles is noise
Key: TypeAlias = tuple[str, str, str]  # host, check, test


def by_test(records: Iterable[ResultRecord]) -> dict[Key, list[ResultRecord]]:
    """Records by host, check and test, each oldest first."""
    found: dict[Key, list[ResultRecord]] = {}
    for record in records:
        found.setdefault((record.host, record.check, record.test), []).append(record)
    return {key: sorted(mine, key=lambda one: one.at) for key, mine in sorted(found.items())}


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Latencies of `count` results, seconds."""

    count: int
    p50: float
    p95: float
    p99: float

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {
            "count": self.count,
            "p50_s": round(self.p50, 6),
            "p95_s": round(self.p95, 6),
            "p99_s": round(self.p99, 6),
        }


def percentiles(records: Iterable[ResultRecord]) -> Percentiles | None:
    """Of what answered; None where nothing was timed. The p95 is the smallest that 95% are not above."""
    ordered = sorted(one.seconds for one in records if one.seconds is not None)
    if not ordered:
        return None
    p50, p95, p99 = (ordered[max(math.ceil(len(ordered) * part) - 1, 0)] for part in (0.5, 0.95, 0.99))
    return Percentiles(len(ordered), p50, p95, p99)


def percentiles_of_days(days: Iterable[DayRecord]) -> Percentiles | None:
    """The same from sums by day, right to 2%."""
    whole = Sketch()
    for one in days:
        whole.bins.update(one.latency.bins)
    p50, p95, p99 = (whole.percentile(percent) for percent in (50, 95, 99))
    if p50 is None or p95 is None or p99 is None:
        return None
    return Percentiles(whole.total, p50, p95, p99)


def counts_of_days(days: Iterable[DayRecord]) -> dict[State, int]:
    """How many results were up, down, unseen and waived, from sums by day."""
    found = dict.fromkeys(State, 0)
    for one in days:
        for outcome, number in one.counts.items():
            found[state_of(outcome)] += number
    return found


@dataclass(frozen=True, slots=True)
class Flap:
    """A change between up and down; what was unseen or waived between is passed over."""

    at: datetime
    to: State
    record: ResultRecord


def flaps(records: Sequence[ResultRecord]) -> list[Flap]:
    """One test's changes between up and down, oldest first."""
    seen = [(state_of(one.outcome), one) for one in records]
    known = [(state, one) for state, one in seen if state in {State.UP, State.DOWN}]
    return [Flap(one.at, state, one) for (before, _), (state, one) in pairwise(known) if state is not before]


def first_failure(records: Sequence[ResultRecord]) -> ResultRecord | None:
    """The first failure of the present one: since then nothing was up.

    None where the latest that was seen is up, or is waived: what somebody has accepted is not failing now.
    """
    first = None
    for record in reversed(records):
        state = state_of(record.outcome)
        if state is State.UP or (state is State.WAIVED and first is None):
            break
        if state is State.DOWN:
            first = record
    return first


def latest_state(records: Sequence[ResultRecord]) -> State:
    """The state of the latest of one test's results that was not unseen; unseen where all were."""
    states = (state_of(one.outcome) for one in reversed(records))
    return next((state for state in states if state is not State.UNSEEN), State.UNSEEN)


def unseen_since(records: Sequence[ResultRecord]) -> datetime | None:
    """When one test was last seen, where its newest results are unseen; None where they are not, or all are."""
    seen = [one for one in records if state_of(one.outcome) is not State.UNSEEN]
    return seen[-1].at if seen and seen[-1] is not records[-1] else None


def mended_waivers(records: Iterable[ResultRecord], runs: Iterable[RunRecord]) -> frozenset[Key]:
    """Waivers that were not in order and are now: a later run of one of their hosts says nothing of them any more.

    A waiver that is in order has no result: without this it would fail for ever.

    Args:
        runs: at least those since the records began.
    """
    known = {one.id: one for one in runs}
    latest: dict[str, datetime] = {}
    for one in known.values():
        for host in one.hosts:
            latest[host] = max(one.started, latest.get(host, one.started))
    mended = set()
    for key, mine in by_test(one for one in records if one.check == NOT_IN_ORDER).items():
        run = known.get(mine[-1].run)
        if run is not None and any(latest[host] > run.started for host in run.hosts):
            mended.add(key)
    return frozenset(mended)


@dataclass(frozen=True, slots=True)
class Warming:
    """How long a model was loading.

    Attributes:
        seconds: in all.
        longest: at a stretch; a gap ends one.
        times: how often it began to.
        now: it still is, by the latest that was told.
    """

    seconds: float = 0.0
    longest: float = 0.0
    times: int = 0
    now: bool = False


def warming(
    records: Sequence[ResultRecord], *, until: datetime | None = None, hold: timedelta | None = None
) -> Warming:
    """Time in which the path of the model was `warming`, by the fact `llm_path`; results without it are passed over.

    Args:
        records: of one host, oldest first; of several tests or of one.
        until: by default the end of the last record's time.
        hold: how long a result stands at most; beyond it is a gap, which is no warming.
    """
    told = [one for one in records if "llm_path" in one.facts]
    if not told:
        return Warming()
    stand = usual_hold(told) if hold is None else hold
    ends = [*(one.at for one in told[1:]), told[-1].at + stand if until is None else until]
    whole = longest = stretch = 0.0
    times = 0
    was = False
    for record, end in zip(told, ends, strict=True):
        now = record.facts["llm_path"] == "warming"
        times += now and not was
        lasted = max((min(end, record.at + stand) - record.at).total_seconds(), 0.0) if now else 0.0
        whole += lasted
        stretch = stretch + lasted if was else lasted
        longest = max(longest, stretch)
        if end > record.at + stand:
            stretch = 0.0  # nobody looked for a while: what comes is another stretch
        was = now
    return Warming(whole, longest, times, was)


class Worse(StrEnum):
    """In which way a test is worse than in the baseline."""

    OUTCOME = "outcome"
    SLOWER = "slower"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Regression:
    """A test that is worse than in the baseline; `after` is None for one that was not judged any more."""

    worse: Worse
    before: ResultRecord
    after: ResultRecord | None


def regressions(
    baseline: Iterable[ResultRecord],
    latest: Iterable[ResultRecord],
    *,
    factor: float = SLOWER_FACTOR,
    floor: float = SLOWER_FLOOR,
) -> list[Regression]:
    """What a run does worse than a baseline run: the outcome, else the latency; and what it no longer judges.

    Not being measured is worse than any that was seen; it is no failure, and no failure is measured by it. A waiver's
    own failure that is no longer there was mended, and is no loss.

    Args:
        factor: slower is what takes more than this many times as long,
        floor: and longer by more than this, seconds.
    """
    before = {key: mine[-1] for key, mine in by_test(baseline).items()}
    after = {key: mine[-1] for key, mine in by_test(latest).items()}
    found = []
    for key, old in before.items():
        new = after.get(key)
        if new is None:
            if old.check != NOT_IN_ORDER:
                found.append(Regression(Worse.GONE, old, None))
        elif _rank(new.outcome) > _rank(old.outcome):
            found.append(Regression(Worse.OUTCOME, old, new))
        elif _is_slower(old.seconds, new.seconds, factor, floor):
            found.append(Regression(Worse.SLOWER, old, new))
    order = list(Worse)
    return sorted(found, key=lambda one: (order.index(one.worse), -_rank(one.after.outcome) if one.after else 0))


_RANKS: Final[Mapping[Outcome, int]] = {
    Outcome.NOT_APPLICABLE: 0,
    Outcome.PASS: 0,
    Outcome.WAIVED: 1,
    Outcome.DEGRADED: 1,
    Outcome.BLOCKED: 2,
    Outcome.UNMEASURED: 2,
    Outcome.FAIL: 3,
}


def _rank(outcome: Outcome) -> int:
    return _RANKS[outcome]


def _is_slower(before: float | None, after: float | None, factor: float, floor: float) -> bool:
    return before is not None and after is not None and after > before * factor and after - before > floor
