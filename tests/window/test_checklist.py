"""What a window comes to: the checklist, and the decision with every reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opscheck.model import Outcome
from opscheck.report import Gap, RunReport
from opscheck.window.account import Account, account, account_of
from opscheck.window.checklist import Mark
from opscheck.window.desk import require
from opscheck.window.state import Phase
from tests.report.sample import result
from tests.window.world import World, run_report

PASS, FAIL, DEGRADED, UNMEASURED = Outcome.PASS, Outcome.FAIL, Outcome.DEGRADED, Outcome.UNMEASURED


def told(world: World) -> Account:
    """The account of the world's window."""
    return account_of(world.store(), require(world.store()))


def marks(found: Account) -> dict[str, Mark]:
    """How each item stands."""
    return {item.title: item.mark for item in found.items}


COMES_TO = (
    ((PASS, PASS), (PASS, PASS), "DEGRADED", "nothing fails that did not before"),
    ((PASS, PASS), (PASS, FAIL), "FAIL", "1 check fails that did not before"),
    ((PASS, FAIL), (PASS, FAIL), "FAIL", "nothing new fails; 1 check fails as before"),
    ((FAIL, FAIL), (PASS, PASS), "DEGRADED", "nothing fails that did not before, and 2 checks were fixed"),
    (
        (PASS, PASS),
        (PASS, UNMEASURED),
        "UNMEASURED",
        "1 check can no longer be measured, so nobody knows how things were left",
    ),
    ((PASS, PASS), (PASS, DEGRADED), "DEGRADED", "nothing fails that did not before"),
    ((PASS,), (PASS, FAIL), "FAIL", "1 check fails that did not before"),
)


@pytest.mark.parametrize(("before", "after", "decision", "sentence"), COMES_TO)
def test_the_decision_follows_from_the_runs(
    world: World, before: tuple[Outcome, ...], after: tuple[Outcome, ...], decision: str, sentence: str
) -> None:
    """A failure is one; a deviation, which every one of these has, keeps it from being GO."""
    world.whole(before, after)
    judged = told(world).judged

    first = f"; {judged.reasons[0]}" if decision == "DEGRADED" else ""
    assert (judged.decision.value, judged.sentence) == (decision, f"{sentence}{first}")
    assert any("disk at 94" in reason for reason in judged.reasons)


ENDINGS = (
    (Outcome.PASS, 1, "UNMEASURED", "ended with 1 although no check failed"),
    (Outcome.DEGRADED, 1, "UNMEASURED", "ended with 1 although no check failed"),
    (Outcome.PASS, 2, "UNMEASURED", "ended with 2"),
    (Outcome.PASS, 4, "UNMEASURED", "ended with 4"),
    (Outcome.PASS, -9, "UNMEASURED", "was killed by signal 9"),
    (Outcome.FAIL, 3, "FAIL", "ended with 3"),
)


@pytest.mark.parametrize(("outcome", "code", "decision", "how"), ENDINGS)
def test_a_run_that_ended_otherwise_than_its_report_says(
    world: World, outcome: Outcome, code: int, decision: str, how: str
) -> None:
    """A teardown, a plain test beside the checks, a worker that died: nobody knows; a failure stays one."""
    world.open()
    world.ran(Phase.BEFORE, run_report(PASS))
    world.ran(Phase.AFTER, run_report(outcome), code=code)
    world.close()
    judged = told(world).judged

    assert (judged.decision.value, judged.reasons[0]) == (decision, f"the run after {how}")
    if decision != "FAIL":
        assert judged.sentence == f"the run after {how}, so nobody knows how things were left"


@pytest.mark.parametrize(
    ("outcome", "code"), [(PASS, 0), (FAIL, 1), (UNMEASURED, 1), (DEGRADED, 10), (FAIL, 20), (UNMEASURED, 30)]
)
def test_a_run_that_ended_as_its_report_says(world: World, outcome: Outcome, code: int) -> None:
    """With pytest's own codes or with those of the decision."""
    world.open()
    world.ran(Phase.BEFORE, run_report(outcome), code=code)
    world.ran(Phase.AFTER, run_report(outcome), code=code)
    world.close()

    assert not [one for one in told(world).judged.reasons if "ended with" in one]


def test_a_run_before_that_ended_otherwise_is_told(world: World) -> None:
    """It may have seen less than there was."""
    world.open()
    world.ran(Phase.BEFORE, run_report(PASS), code=1)
    world.ran(Phase.AFTER, run_report(PASS))
    world.close()

    expected = "Checks run before: GO, but it ended with 1 although no check failed"
    assert expected in told(world).judged.reasons


def test_a_degraded_run_names_itself_where_nothing_else_speaks(world: World) -> None:
    """What was degraded before as well is no news, and still what the window comes to."""
    world.open()
    good = [result(number=number, check=name, markers=("readiness",)) for number, name in enumerate(CHECKS)]
    report = RunReport(
        run_report().run, [], [*good, result(DEGRADED, number=9, check="smoke-chat", markers=("smoke",))]
    )
    world.ran(Phase.BEFORE, report)
    world.logged("Restarted it")
    world.ran(Phase.AFTER, report)
    world.close()
    judged = told(world).judged

    assert judged.decision.value == "DEGRADED"
    assert judged.sentence == "nothing fails that did not before; 1 of 6 checks is degraded on prod"
    assert judged.reasons == ["1 of 6 checks is degraded on prod"]


def test_go_is_a_window_without_anything_against_it(world: World) -> None:
    """Every item done, and everything that has to be looked at was looked at."""
    world.open()
    good = [result(number=number, check=name, markers=("readiness",)) for number, name in enumerate(CHECKS)]
    report = RunReport(run_report().run, [], good)
    world.ran(Phase.BEFORE, report)
    world.logged("Restarted it")
    world.ran(Phase.AFTER, report)
    world.close()
    found = told(world)

    assert set(marks(found).values()) == {Mark.DONE}
    assert (found.judged.decision.value, found.judged.reasons) == ("GO", [])


CHECKS = ("readiness", "prometheus-targets", "grafana-dashboards", "grafana-sources", "loki-line")


@pytest.mark.parametrize(
    ("check", "title"),
    list(zip(CHECKS[1:], ("Prometheus targets", "Grafana SLOs", "Grafana SLOs", "Loki logs"), strict=True)),
)
def test_what_has_to_be_looked_at_afterwards(world: World, check: str, title: str) -> None:
    """Health, targets, SLOs, logs: failed, not measured, not looked at, not there on this host."""
    window = world.whole()
    run = run_report(PASS)

    def mark(*results: object, gaps: tuple[Gap, ...] = ()) -> Mark:
        report = replace(run, results=[*run.results, *results], gaps=gaps)  # type: ignore[list-item]
        return marks(account(window, run, report))[title]

    assert mark(result(PASS, number=8, check=check)) is Mark.DONE
    assert mark(result(PASS, number=8, check=check), result(FAIL, number=9, check=check)) is Mark.FAILED
    assert mark(result(UNMEASURED, number=8, check=check)) is Mark.OPEN
    assert mark(result(Outcome.WAIVED, number=8, check=check)) is Mark.WEAK
    assert mark() is Mark.OPEN
    gap = Gap(f"suites/observability/test_{check.partition('-')[0]}.py::test_x[prod]", "promises none")
    assert mark(gaps=(gap,)) is Mark.NONE


def test_what_is_lost_or_gone_is_told(world: World) -> None:
    """A run after that asks less than the one before is no proof that all is well."""
    world.whole((PASS, PASS, PASS), (PASS, DEGRADED))

    assert {"gone: 1 check", "worse: 1 check"} <= set(told(world).judged.reasons)


def test_an_open_window_decides_nothing(world: World) -> None:
    """Until it is closed; without a run after it nothing is known at all."""
    world.open()
    assert told(world).judged.decision.value == "UNMEASURED"
    assert "no run after it" in told(world).judged.sentence
    world.ran(Phase.BEFORE, run_report(PASS))
    world.ran(Phase.AFTER, run_report(PASS))
    assert told(world).judged.sentence == "the window is still open"
    world.ran(Phase.AFTER, run_report(FAIL))
    assert told(world).judged.decision.value == "FAIL"


def test_an_incident_has_to_be_followed_up(world: World) -> None:
    """Its tracker is an item of the checklist."""
    world.open(incident="INC-1042")
    world.ran(Phase.BEFORE, run_report(PASS))
    world.ran(Phase.AFTER, run_report(PASS))
    world.close(tracker="")
    assert marks(told(world))["Incident tracker"] is Mark.WEAK
    world.open("w2", incident="INC-1043")
    world.ran(Phase.BEFORE, run_report(PASS), "w2")
    world.ran(Phase.AFTER, run_report(PASS), "w2")
    store = world.store("w2")
    assert marks(account_of(store, world.close("w2", tracker="INC-1043")))["Incident tracker"] is Mark.DONE


def test_names_and_times_stand_at_the_items(world: World) -> None:
    """Who did it, and when."""
    world.whole()
    items = {item.title: item for item in told(world).items}

    assert (items["Announced"].by, items["Steps logged"].by, items["Health"].by) == (
        "ana",
        "tom",
        "ana",
    )
    assert all(item.at is not None for item in items.values())
    assert items["Closed in time"].detail == "3 h 1 min before its end"
