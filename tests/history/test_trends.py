"""Trends over records: every number follows from records that are written down here."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from opscheck.history.records import DayRecord, RunRecord
from opscheck.history.sketch import Sketch
from opscheck.history.trends import (
    Availability,
    State,
    Warming,
    Worse,
    availability,
    by_test,
    counts_of_days,
    first_failure,
    flaps,
    latest_state,
    mended_waivers,
    percentiles,
    percentiles_of_days,
    regressions,
    spans,
    usual_hold,
    warming,
)
from opscheck.model import Outcome
from tests.history.made import MINUTE, START, record

P, F, U, D, W = Outcome.PASS, Outcome.FAIL, Outcome.UNMEASURED, Outcome.DEGRADED, Outcome.WAIVED


def test_up_down_and_unseen_are_told_apart() -> None:
    """Degraded is up; what could not be measured or was waived is neither up nor down, and told by itself."""
    records = [record(one, minute) for minute, one in enumerate([P, F, U, D, W, Outcome.BLOCKED, P])]
    found = availability(records, until=START + 7 * MINUTE)

    assert found == Availability(up=180, down=60, unseen=120, gap=0, waived=60)
    assert found.ratio == pytest.approx(0.75)
    assert found.covered == pytest.approx(240 / 420)
    assert found.as_dict()["waived_s"] == 60


def test_what_was_waived_alone_is_no_availability() -> None:
    """Neither none nor all of it."""
    assert availability([record(W), record(W, 1)]).ratio is None


def test_a_waiver_is_no_change_and_ends_a_failure() -> None:
    """From good to waived and back nothing changed; what is waived now is not failing, what is no longer is, since."""
    assert flaps([record(P), record(W, 1), record(P, 2)]) == []
    assert [one.to for one in flaps([record(P), record(F, 1), record(W, 2), record(P, 3)])] == [State.DOWN, State.UP]

    accepted = [record(F), record(W, 1), record(U, 2)]
    assert first_failure(accepted) is None
    assert latest_state(accepted) is State.WAIVED
    expired = first_failure([record(P), *(record(one, minute) for minute, one in enumerate([F, W, F], 1))])
    assert expired is not None
    assert expired.at == START + MINUTE
    assert latest_state([record(U)]) is latest_state([]) is State.UNSEEN


def test_a_gap_is_neither_up_nor_down() -> None:
    """A result stands two and a half times the usual distance; after that nobody looked."""
    records = [record(P, minute) for minute in (0, 1, 2, 3, 60, 61)]
    found = availability(records, since=START - 10 * MINUTE, until=START + 70 * MINUTE)

    assert usual_hold(records) == 2.5 * MINUTE
    assert found == Availability(up=(5.5 + 3.5) * 60, down=0, unseen=0, gap=(10 + 54.5 + 6.5) * 60)
    assert found.ratio == 1
    assert [(one.state, one.seconds / 60) for one in spans(records)] == [
        (State.UP, 5.5),
        (None, 54.5),
        (State.UP, 3.5),
    ]


def test_a_failure_before_a_gap_does_not_last_through_it() -> None:
    """What was down when nobody looked any more is down for as long as a result stands."""
    records = [record(P, 0), record(P, 1), record(F, 2), record(P, 30)]
    found = availability(records, hold=2 * MINUTE, until=START + 31 * MINUTE)

    assert (found.down, found.gap) == (120, 26 * 60)


def test_the_span_that_is_asked_for_cuts() -> None:
    """Before `since` and after `until` nothing counts."""
    records = [record(F, 0), record(P, 10), record(F, 20)]
    found = availability(records, since=START + 5 * MINUTE, until=START + 22 * MINUTE, hold=timedelta(hours=1))

    assert found == Availability(up=600, down=420, unseen=0, gap=0)


def test_nothing_recorded_is_no_availability() -> None:
    """No hundred percent of nothing; a span that was named is a gap."""
    assert availability([]) == Availability()
    assert Availability().ratio is None
    assert availability([], since=START, until=START + MINUTE) == Availability(gap=60)
    assert Availability(unseen=5.0).ratio is None


def test_availabilities_add_up() -> None:
    """Of several tests."""
    assert Availability(1, 2, 3, 4, 5) + Availability(10, 20, 30, 40, 50) == Availability(11, 22, 33, 44, 55)


def test_percentiles_are_numbers_that_were_measured() -> None:
    """The smallest that so many are not above; what was not timed does not count."""
    records = [record(P, number, seconds=(number + 1) / 100) for number in range(100)]
    found = percentiles([*records, record(U, seconds=None)])

    assert found is not None
    assert (found.count, found.p50, found.p95, found.p99) == (100, 0.5, 0.95, 0.99)
    assert percentiles([record(U, seconds=None)]) is None
    single = percentiles([record(seconds=0.3)])
    assert single is not None
    assert (single.p50, single.p99) == (0.3, 0.3)


def test_days_come_to_the_same() -> None:
    """Counts by state, and percentiles to 2%."""
    day = DayRecord(START.date(), "prod", "liveness", "t", {P: 90, D: 5, F: 3, U: 2, W: 7}, Sketch.of([0.1] * 50))
    other = DayRecord(START.date(), "prod", "liveness", "t", {P: 1}, Sketch.of([0.9] * 50))

    assert counts_of_days([day, other]) == {State.UP: 96, State.DOWN: 3, State.UNSEEN: 2, State.WAIVED: 7}
    found = percentiles_of_days([day, other])
    assert found is not None
    assert found.p50 == pytest.approx(0.1, rel=0.021)
    assert found.p95 == pytest.approx(0.9, rel=0.021)
    assert percentiles_of_days([]) is None


def test_flaps_are_changes_between_good_and_bad() -> None:
    """What was unseen between is passed over: it is no change."""
    records = [record(one, minute) for minute, one in enumerate([P, D, F, F, U, F, P, U, P, F])]

    assert [((one.at - START) / MINUTE, one.to) for one in flaps(records)] == [
        (2, State.DOWN),
        (6, State.UP),
        (9, State.DOWN),
    ]
    assert flaps([record(U), record(F, 1)]) == []


def test_the_first_failure_of_the_present_one() -> None:
    """Not of one that was mended; through what was unseen."""
    records = [record(one, minute) for minute, one in enumerate([F, P, F, U, F, U])]

    found = first_failure(records)
    assert found is not None
    assert found.at == START + 2 * MINUTE
    assert first_failure(records[:2]) is None
    assert first_failure([record(P), record(U, 1)]) is None
    assert first_failure([]) is None


def test_time_in_warming() -> None:
    """Whole, longest, how often, and still; a gap counts only as long as a result stands."""
    paths = ["primary", "warming", "warming", "primary", "warming", "primary"]
    records = [record(P, minute, facts={"llm_path": path}) for minute, path in enumerate(paths)]

    assert warming(records) == Warming(seconds=180, longest=120, times=2, now=False)
    assert warming(records[:3], until=START + 10 * MINUTE) == Warming(60 + 150, 60 + 150, 1, now=True)
    apart = [record(P, minute, facts={"llm_path": "warming"}) for minute in (0, 1, 100)]
    assert warming(apart, hold=2 * MINUTE) == Warming(60 + 120 + 120, 180, 1, now=True)
    assert warming([record()]) == Warming()


def test_a_worse_outcome_is_a_regression() -> None:
    """Gravest first; better, the same, or new is none; what is gone is told."""
    names = ("ok", "broke", "blind", "weak", "mended", "gone")
    baseline = [record(F if name == "mended" else P, check=name) for name in names]
    after = {"ok": P, "broke": F, "blind": U, "weak": D, "mended": P, "new": F}
    found = regressions(baseline, [record(outcome, check=name) for name, outcome in after.items()])

    assert [(one.worse, one.before.check) for one in found] == [
        (Worse.OUTCOME, "broke"),
        (Worse.OUTCOME, "blind"),
        (Worse.OUTCOME, "weak"),
        (Worse.GONE, "gone"),
    ]
    assert found[-1].after is None


def test_a_waiver_that_is_mended_is_no_regression() -> None:
    """Only one that is not in order has a result."""
    assert regressions([record(F, check="waiver"), record()], [record()]) == []
    assert [one.worse for one in regressions([record()], [record(F, check="waiver")])] == [Worse.GONE]


def test_a_waiver_is_mended_by_a_later_run_of_its_host_that_says_nothing_of_it() -> None:
    """Not by a run of another host, and not while it is told; a check that is gone is no waiver."""

    def run(name: str, minute: int, host: str = "prod") -> RunRecord:
        return RunRecord(name, START + minute * MINUTE, START + (minute + 1) * MINUTE, "0.1.0", "FAIL", (host,))

    told = [replace(record(F, number, check="waiver"), run=f"r{number}") for number in (0, 1)]
    others = [replace(record(F, 1, check="answers"), run="r1")]
    runs = [run("r0", 0), run("r1", 1), run("elsewhere", 5, "edge")]
    key = (told[0].host, "waiver", told[0].test)

    assert mended_waivers([*told, *others], runs) == frozenset()
    assert mended_waivers([*told, *others], [*runs, run("r2", 2)]) == {key}


@pytest.mark.parametrize(
    ("before", "after", "slower"),
    [
        (0.2, 0.31, True),  # beyond both
        (0.2, 0.29, False),  # less than the factor
        (0.01, 0.05, False),  # five times, and forty milliseconds: noise
        (1.0, 1.4, False),  # 400 ms, and not the factor
        (None, 5.0, False),
        (0.2, None, False),
    ],
)
def test_slower_is_beyond_a_factor_and_a_floor(before: float | None, after: float | None, slower: bool) -> None:
    """Only both together."""
    found = regressions([record(seconds=before)], [record(seconds=after)], factor=1.5, floor=0.1)

    assert [one.worse for one in found] == ([Worse.SLOWER] if slower else [])


def test_records_are_grouped_by_test() -> None:
    """By host, check and test, each in order."""
    records = [record(P, 3), record(P, 1), record(P, 2, host="edge")]

    found = by_test(records)
    assert [key[0] for key in found] == ["edge", "prod"]
    assert [one.at for one in found["prod", "liveness", records[0].test]] == [START + MINUTE, START + 3 * MINUTE]
