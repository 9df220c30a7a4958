"""From results to problems, one for each root cause; from problems to incidents, damped."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from opscheck.model import Outcome
from opscheck.report.run import Result
from opscheck.report.triage import LikelyCause, Triage
from opscheck.watch.incidents import Incidents
from opscheck.watch.problems import gravest, problems
from tests.watch.fakes import START, result

P, F, U, B, D, W = (
    Outcome.PASS,
    Outcome.FAIL,
    Outcome.UNMEASURED,
    Outcome.BLOCKED,
    Outcome.DEGRADED,
    Outcome.WAIVED,
)


Told = list[tuple[int, bool, str]]


def _events(rounds: Sequence[Sequence[Result]], *, patience: int = 2, whole: bool = True) -> Told:
    """Round, firing, key."""
    incidents = Incidents(patience)
    told: Told = []
    for number, results in enumerate(rounds, 1):
        at = START + timedelta(seconds=30 * number)
        events = incidents.take(problems(results), gravest(results), at, whole=whole)
        told += [(number, event.firing, event.incident.problem.key) for event in events]
    return told


def _outcomes(*outcomes: Outcome, check: str = "readiness") -> list[list[Result]]:
    return [[result(one, check)] for one in outcomes]


def test_a_host_that_is_down_is_one_problem() -> None:
    """The root and forty checks blocked behind it: one key, however the connection fails from round to round."""
    for kind in ("refused", "timeout"):
        cause = f"prod:agent:{kind}"
        results = [result(U, "root", cause=cause)]
        results += [result(B, f"c{number}", cause=cause) for number in range(40)]
        found = problems(results)
        assert list(found) == ["cause/prod:agent"]
        problem = found["cause/prod:agent"]
        assert (problem.host, problem.check, problem.blocked, problem.severity) == ("prod", "root", 40, "warning")
        assert len(problem.places) == 41


def test_what_triage_explains_by_one_cause_is_one_problem() -> None:
    """Failures and what is behind them, told with the likely cause; another host has its own, the rest is as it was."""
    results = [
        result(F, "chat", host=host, id=f"chat-{host}", remedy="ask the model", likely_cause="") for host in ("a", "b")
    ]
    results += [result(U, "models", host="a", id="models-a"), result(F, "other", host="a", id="other-a")]
    cause = LikelyCause(
        "model-missing",
        "model missing",
        "the model was never pulled",
        ["a", "b"],
        ["chat-a", "chat-b"],
        ["models-a"],
        remedy="ollama pull tiny",
        runbook="001, section 4",
    )

    found = problems(results, Triage([cause], ["other-a"]))

    assert sorted(found) == [
        "a/other/FAIL",
        "likely/model-missing/model missing/a",
        "likely/model-missing/model missing/b",
    ]
    first = found["likely/model-missing/model missing/a"]
    assert (first.check, first.outcome, first.blocked, first.runbook) == ("chat", F, 1, "001, section 4")
    assert first.likely_cause == "the model was never pulled"
    assert first.places == {("a", "chat"), ("a", "models")}


def test_a_check_with_many_tests_is_one_problem() -> None:
    """The gravest tells; its remedy's address is the runbook."""
    results = [
        result(P, id="a"),
        result(F, id="b", remedy="see (https://runbooks.example.org/legacy#hits), then ask"),
        result(F, id="c"),
    ]

    (problem,) = problems(results).values()

    assert problem.severity == "critical"
    assert problem.runbook == "https://runbooks.example.org/legacy#hits"


def test_passes_and_waivers_are_no_problem() -> None:
    """DEGRADED is one, of the least severity."""
    assert problems([result(P), result(W, "b")]) == {}
    assert [one.severity for one in problems([result(D)]).values()] == ["info"]


def test_it_takes_rounds_in_a_row_to_open_and_to_close() -> None:
    """A single failure opens nothing, a single success closes nothing."""
    key = "prod/readiness/FAIL"
    assert _events(_outcomes(F, P, F, P, F, P)) == []
    assert _events(_outcomes(F, F, P, F, P, F, P, P)) == [(2, True, key), (8, False, key)]
    assert _events(_outcomes(F, P), patience=1) == [(1, True, key), (2, False, key)]


def test_a_long_failure_is_told_once() -> None:
    """However many rounds it lasts."""
    assert len(_events(_outcomes(*[F] * 500))) == 1


def test_what_could_not_be_measured_has_not_recovered() -> None:
    """FAIL, then out of sight: it stays open until it is seen to be good."""
    failed, unseen = "prod/readiness/FAIL", "prod/readiness/UNMEASURED"
    assert _events(_outcomes(F, F, U, U, P, P)) == [
        (2, True, failed),
        (4, True, unseen),
        (6, False, failed),
        (6, False, unseen),
    ]


def test_a_failure_that_becomes_weaker_changes_hands() -> None:
    """FAIL to DEGRADED: one is over, the other begins."""
    assert _events(_outcomes(F, F, D, D)) == [
        (2, True, "prod/readiness/FAIL"),
        (4, True, "prod/readiness/DEGRADED"),
        (
            4,
            False,
            "prod/readiness/FAIL",
        ),
    ]


def test_a_round_broken_off_closes_nothing() -> None:
    """What it did not come to is neither good nor gone; in a whole round it is no longer checked."""
    other = [result(P, "other")]
    rounds = [[result(F), *other], [result(F), *other], other, other]

    assert _events(rounds, whole=False) == [(2, True, "prod/legacy_hits/FAIL")]
    assert _events(rounds) == [(2, True, "prod/legacy_hits/FAIL"), (4, False, "prod/legacy_hits/FAIL")]


def test_a_waived_failure_is_over() -> None:
    """Accepted is as good as gone."""
    assert _events(_outcomes(F, F, W, W))[-1] == (4, False, "prod/readiness/FAIL")


def test_since_is_the_first_round_that_showed_it() -> None:
    """Not the one that opened it."""
    incidents = Incidents(3)
    for number in range(3):
        results = [result(F)]
        incidents.take(problems(results), gravest(results), START + timedelta(minutes=number))

    (incident,) = incidents.open()
    assert (incident.since, incident.last) == (START, START + timedelta(minutes=2))
