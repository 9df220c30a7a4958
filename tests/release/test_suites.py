"""Checks that a checklist asks for: run as a process, their report judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from opscheck.history import open_history
from opscheck.inventory import Inventory, select
from opscheck.model import Outcome
from opscheck.release.asked import Asked, Context
from opscheck.release.checklist import Item
from opscheck.release.git import Git
from opscheck.release.processes import Programs, Ran
from opscheck.release.suites import judge_end, judge_run, measure_suite
from opscheck.release.words import Seen, State
from opscheck.report import Gap
from tests.history.made import report, result


def judged(*outcomes: Outcome, degraded: State = State.MET, incomplete: str = "") -> Seen:
    """Results of these outcomes."""
    results = [result(outcome, check=f"check-{number}") for number, outcome in enumerate(outcomes)]
    return judge_run(report(results=results, incomplete=incomplete), ["prod"], degraded=degraded)


@pytest.mark.parametrize(
    ("outcomes", "state", "told"),
    [
        ([Outcome.PASS, Outcome.WAIVED], State.WAIVED, "2 checks: 1 WAIVED, 1 PASS on prod"),
        ([Outcome.WAIVED, Outcome.UNMEASURED], State.UNMEASURED, "1 check could not measure: check-1"),
        ([Outcome.PASS, Outcome.DEGRADED], State.MET, "1 DEGRADED, 1 PASS"),
        ([Outcome.PASS, Outcome.FAIL, Outcome.UNMEASURED], State.NOT_MET, "1 of 3 checks is red: check-1 on prod"),
        ([Outcome.PASS, Outcome.UNMEASURED, Outcome.BLOCKED], State.UNMEASURED, "2 checks could not measure: check-1"),
        ([], State.UNMEASURED, "nothing was judged on prod"),
    ],
)
def test_outcomes(outcomes: list[Outcome], state: State, told: str) -> None:
    """Red is not met, what could not see is not measured, and nothing is never everything."""
    seen = judged(*outcomes)

    assert seen.state is state
    assert told in seen.reason


def test_a_waiver_is_told_in_its_own_words() -> None:
    """Met it is not: who accepted what until when is in the reason, the evidence, and the finding's waiver."""
    waiver = {"check": "a", "outcome": "FAIL", "owner": "ops", "expires": "end of 2026-12-31 UTC", "reason": "OPS-4"}
    line = "FAIL waived by ops until end of 2026-12-31 UTC: OPS-4"
    one = report(results=[result(Outcome.WAIVED, check="a", waivers=(waiver,))])

    seen = judge_run(one, ["prod"])

    assert (seen.state, seen.waiver) == (State.WAIVED, line)
    assert seen.reason == f"1 check: 1 WAIVED on prod: a on prod: {line}"
    assert any(line in told for told in seen.evidence)


@pytest.mark.parametrize(
    ("outcome", "code", "state", "told"),
    [
        (Outcome.PASS, 0, State.MET, "liveness: it is well on prod"),
        (Outcome.DEGRADED, 10, State.MET, "liveness"),
        (Outcome.PASS, 1, State.UNMEASURED, "the run ended with 1 although no check failed: its report may lack"),
        (Outcome.DEGRADED, 20, State.UNMEASURED, "the run ended with 20 although no check failed"),
        (Outcome.WAIVED, 1, State.UNMEASURED, "the run ended with 1 although no check failed"),
        (Outcome.PASS, 3, State.UNMEASURED, "the run ended with 3: its report may lack"),
        (Outcome.PASS, 139, State.UNMEASURED, "the run ended with 139"),
        (Outcome.FAIL, 1, State.NOT_MET, "1 of 1 check is red"),
        (Outcome.FAIL, 3, State.NOT_MET, "1 of 1 check is red"),
        (Outcome.UNMEASURED, 30, State.UNMEASURED, "1 check could not measure"),
    ],
)
def test_green_counts_only_with_a_green_end(outcome: Outcome, code: int, state: State, told: str) -> None:
    """Something beside the checks failed, or the run ended in a way that no run ends in."""
    one = report(results=[result(outcome)])

    seen = judge_end(judge_run(one, ["prod"]), one, code)

    assert (seen.state, told in seen.reason) == (state, True), seen


def test_a_part_of_a_red_run_may_be_met() -> None:
    """Another check of the run is red: that explains how it ended."""
    one = report(results=[result(check="a"), result(Outcome.FAIL, check="b")])

    assert judge_end(judge_run(one, ["prod"], checks=["a"]), one, 1).state is State.MET


def test_degraded_may_be_too_little() -> None:
    """Where the checklist says so."""
    assert judged(Outcome.DEGRADED, degraded=State.NOT_MET).state is State.NOT_MET


def test_a_run_that_was_broken_off_says_nothing() -> None:
    """Whatever passed until then."""
    assert judged(Outcome.PASS, incomplete="broken off: 1 of 9 selected tests have a verdict").state is State.UNMEASURED


def test_every_host_has_to_have_a_result() -> None:
    """And of the checks that are asked for."""
    one = report(results=[result(check="a")], gaps=[Gap("x", "host second does not set expect.x")])

    assert judge_run(one, ["prod", "second"]).reason == (
        "nothing was judged on second: host second does not set expect.x"
    )
    assert judge_run(one, ["prod"], checks=["b"]).state is State.UNMEASURED
    assert judge_run(one, ["prod"], checks=["a"]).state is State.MET


@pytest.fixture
def context(tmp_path: Path) -> Context:
    """On the embedded service and on an address where nothing listens."""
    hosts = tuple(select(["http://127.0.0.1:9"], Inventory()))
    programs = Programs(tmp_path)
    asked = Asked(tmp_path, hosts, ("http://127.0.0.1:9",), history=str(tmp_path / "h.sqlite"))
    return Context(asked, "release", programs, Git(programs), None, "", tmp_path)


def test_a_host_that_is_not_there_is_not_measured(context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks run for real, and nothing listens: not measured, with the next step, and run once for two items.

    Where the run is remembered is on no command line, and it is remembered there all the same.
    """
    started: list[tuple[Sequence[str], Mapping[str, str]]] = []
    run = context.programs.run

    def recorded(words: Sequence[str], *, env: Mapping[str, str], deadline: timedelta) -> Ran:
        started.append((words, env))
        return run(words, env=env, deadline=deadline)

    monkeypatch.setattr(context.programs, "run", recorded)
    item = Item("legacy", "Legacy", "suite", wants={"marker": "legacy"})
    part = Item("headers", "Headers", "suite", wants={"marker": "legacy", "checks": ["legacy-answered-by"]})

    whole, one = measure_suite(item, context), measure_suite(part, context)

    assert whole.state is State.UNMEASURED
    assert "connection refused" in whole.reason
    assert "nothing listens there" in whole.remedy
    assert one.state is State.UNMEASURED
    assert len(list(context.scratch.glob("suite-*.json"))) == 1
    ((words, env),) = started
    assert not any(context.asked.history in word for word in words)
    assert env == {"OPSCHECK_HISTORY": context.asked.history}
    with open_history(context.asked.history, create=False) as history:
        assert len(history.runs()) == 1


def test_a_run_without_a_report(context: Context) -> None:
    """An option that is none: its own words, and how to try it alone."""
    item = Item("x", "X", "suite", wants={"marker": "smoke", "arguments": ["--no-such-option"]})

    seen = measure_suite(item, context)

    assert seen.state is State.UNMEASURED
    assert "no-such-option" in seen.reason
    assert seen.remedy == "try it alone: opscheck run -m 'smoke' --host http://127.0.0.1:9 --no-such-option"


def test_without_a_host(context: Context, tmp_path: Path) -> None:
    """Nobody is asked."""
    nobody = Context(Asked(tmp_path), "release", context.programs, context.git, None, "", tmp_path)

    assert measure_suite(Item("x", "X", "suite", wants={"marker": "smoke"}), nobody).reason == "no host was named"
