"""Two runs, check by check."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from opscheck.model import Outcome
from opscheck.report import Gap, HostInfo, Result, RunReport
from opscheck.report.compare import Kind, compare
from tests.report.sample import RUN, exchange, large, result

F, U, B, D, W, P, N = Outcome


def run(*results: Result, gaps: tuple[Gap, ...] = ()) -> RunReport:
    """A run of these."""
    return RunReport(RUN, [HostInfo("prod", "live", "reference")], results, gaps)


# Outcome before, outcome after (None: not judged), what became of it.
TABLE = (
    (P, P, Kind.SAME),
    (P, F, Kind.BROKE),
    (D, F, Kind.BROKE),
    (U, F, Kind.BROKE),
    (B, F, Kind.BROKE),
    (None, F, Kind.BROKE),
    (F, F, Kind.STILL),
    (F, W, Kind.STILL),
    (W, F, Kind.STILL),
    (W, W, Kind.SAME),
    (F, P, Kind.FIXED),
    (F, D, Kind.FIXED),
    (W, P, Kind.FIXED),
    (P, U, Kind.LOST),
    (F, U, Kind.LOST),
    (D, B, Kind.LOST),
    (U, U, Kind.UNSEEN),
    (U, B, Kind.UNSEEN),
    (B, U, Kind.UNSEEN),
    (U, P, Kind.FOUND),
    (B, D, Kind.FOUND),
    (P, D, Kind.WORSE),
    (P, W, Kind.WORSE),
    (D, P, Kind.BETTER),
    (None, P, Kind.APPEARED),
    (None, U, Kind.APPEARED),
    (P, None, Kind.GONE),
    (F, None, Kind.GONE),
    (N, P, Kind.APPEARED),
    (P, N, Kind.GONE),
)


@pytest.mark.parametrize(("before", "after", "kind"), TABLE)
def test_what_became_of_a_check(before: Outcome | None, after: Outcome | None, kind: Kind) -> None:
    """What could not be measured is never a failure, and what was accepted is none that is new."""
    first, second = (run(*([result(one)] if one else [])) for one in (before, after))

    assert [one.kind for one in compare(first, second).changes] == [kind]


def test_what_is_waived_without_having_been_measured_is_still_unmeasured() -> None:
    """A waiver accepts it; it sees nothing."""
    waived = replace(result(W), waivers=({"outcome": "UNMEASURED"},))

    assert [one.kind for one in compare(run(result(U)), run(waived)).changes] == [Kind.UNSEEN]
    assert [one.kind for one in compare(run(result(P)), run(waived)).changes] == [Kind.LOST]


def test_a_waiver_that_was_mended_is_fixed_and_not_gone() -> None:
    """Only one that is not in order has a result: that there is none any more is no loss of sight."""
    expired = result(F, id="waivers.toml::1", check="waiver", reason="waivers.toml, line 3: the waiver of x expired")
    compared = compare(run(result(P), expired), run(result(P)))

    assert [(one.kind, one.why) for one in compared.fixed] == [(Kind.FIXED, "the waiver was mended or removed")]
    assert not compared.regressed
    assert compared.headline() == "1 fixed, 1 the same"
    assert compare(run(result(P)), run(result(P), expired)).regressed


def test_of_two_tests_with_one_id_the_worse_is_told() -> None:
    """Suites that lie outside of pytest's root have ids without their file."""
    before = run(result(id="::test_a[prod]"), result(id="::test_a[prod]"))
    after = run(result(F, id="::test_a[prod]"), result(id="::test_a[prod]"))

    assert compare(before, after).regressed


def test_runs_from_two_places_have_the_same_names() -> None:
    """The folders before a suite's own tell where somebody stood; hosts are told apart."""
    before = run(result(id="../lib/opscheck/suites/smoke/test_a.py::test_a[prod]"))
    after = run(
        result(F, id="suites/smoke/test_a.py::test_a[prod]"),
        result(host="lab", id="suites/smoke/test_a.py::test_a[lab]"),
    )
    compared = compare(before, after)

    assert [(one.name, one.kind) for one in compared.changes] == [
        ("smoke/test_a.py::test_a[prod]", Kind.BROKE),
        ("smoke/test_a.py::test_a[lab]", Kind.APPEARED),
    ]


def test_tests_of_the_same_name_in_two_places_stay_two() -> None:
    """Then the whole id counts."""
    names = ("one/smoke/test_a.py::test_a[prod]", "two/smoke/test_a.py::test_a[prod]")
    compared = compare(run(*(result(id=name) for name in names)), run(result(id=names[0]), result(F, id=names[1])))

    assert [(one.name, one.kind) for one in compared.changes] == [(names[1], Kind.BROKE), (names[0], Kind.SAME)]


SLOWNESS = (
    (20, 29, False),
    (20, 110, False),  # five times as long, and nobody notices
    (20, 130, True),
    (1000, 1400, False),  # 400 ms more, but not half as long again
    (1000, 1600, True),
    (1600, 1000, False),
)


@pytest.mark.parametrize(("old", "new", "slower"), SLOWNESS)
def test_slower_is_both_by_factor_and_by_time(old: float, new: float, slower: bool) -> None:
    """Noise of fast answers is none; whatever became of the check otherwise."""
    before = run(result(evidence=(exchange(total=old),)))
    after = run(result(D, evidence=(exchange(total=new),)))

    assert bool(compare(before, after).slower) is slower


def test_the_time_until_nothing_came_is_no_latency() -> None:
    """A timeout after ten seconds is not an answer that is slower."""
    before = run(result(evidence=(exchange(total=20),)))
    after = run(result(U, evidence=(exchange(total=10_000),)))

    assert compare(before, after).slower == ()


def test_what_no_longer_applies_says_why() -> None:
    """A check that is gone, with the reason that the later run gives."""
    one = result()
    compared = compare(run(one), run(gaps=(Gap(one.id, "host prod lists no url for kb"),)))

    assert [(change.kind, change.why) for change in compared.changes] == [(Kind.GONE, "host prod lists no url for kb")]


def test_the_groups_and_the_sentence() -> None:
    """Gravest first; new failures whether they were there before or not."""
    before = run(*(result(outcome, number=number) for number, outcome in enumerate((P, F, F, P, P))))
    after = run(*(result(outcome, number=number) for number, outcome in enumerate((F, F, P, P))), result(F, number=9))
    compared = compare(before, after)

    assert compared.headline() == "2 new failures, 1 still failing, 1 gone, 1 fixed, 1 the same"
    assert [len(group) for group in (compared.new_failures, compared.still_failing, compared.fixed)] == [2, 1, 1]
    assert [one.latest.outcome for one in compared.appeared] == [F]
    assert compared.regressed
    assert compared.as_dict()["changes"][0]["kind"] == "new failure"
    assert not compare(before, before).regressed
    assert compare(run(), run()).headline() == "no check in either run"


def test_what_makes_runs_less_comparable_is_noted() -> None:
    """Another version, another order, other hosts, a part missing."""
    before = run(result())
    after = RunReport(
        replace(RUN, version="9.9", started=RUN.started.replace(year=2020)),
        [HostInfo("lab", "live", "reference")],
        [],
        incomplete="stopped after 3 of 9 tests",
    )
    notes = " | ".join(compare(before, after).notes)

    for part in ("incomplete: stopped", "only the run before asked prod", "only the run after asked lab"):
        assert part in notes
    assert "was started before the run before" in notes
    assert "two versions: 0.1.0 and 9.9" in notes


def test_ten_thousand_results_are_compared_in_a_moment() -> None:
    """Half a second here; the bound is for a busy machine."""
    before, after = large(10_000, 40), large(10_000, 80)
    began = time.perf_counter()
    compared = compare(before, after)

    assert time.perf_counter() - began < 10
    assert (len(compared.new_failures), len(compared.still_failing)) == (40, 40)
