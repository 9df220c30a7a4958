"""The policy."""

from __future__ import annotations

import itertools

import pytest

from opscheck.model import Outcome
from opscheck.report import Decision, HostInfo, Result, RunReport, counts, decide, exit_code, headline
from opscheck.report.summary import odd_end
from tests.report.sample import RUN, realistic, result

O = Outcome  # noqa: E741 - a table reads better with a short name


def _results(*outcomes: Outcome, host: str = "prod") -> list[Result]:
    return [result(outcome, host=host, number=index) for index, outcome in enumerate(outcomes)]


@pytest.mark.parametrize(
    ("outcomes", "decision", "strict"),
    [
        ((), Decision.UNMEASURED, Decision.UNMEASURED),
        ((O.NOT_APPLICABLE,), Decision.UNMEASURED, Decision.UNMEASURED),
        ((O.PASS,), Decision.GO, Decision.GO),
        ((O.PASS, O.WAIVED), Decision.GO, Decision.GO),
        ((O.PASS, O.DEGRADED), Decision.DEGRADED, Decision.FAIL),
        ((O.PASS, O.UNMEASURED, O.DEGRADED), Decision.UNMEASURED, Decision.UNMEASURED),
        ((O.PASS, O.BLOCKED), Decision.UNMEASURED, Decision.UNMEASURED),
        ((O.FAIL, O.UNMEASURED, O.BLOCKED), Decision.FAIL, Decision.FAIL),
    ],
)
def test_gravest_outcome_decides(outcomes: tuple[Outcome, ...], decision: Decision, strict: Decision) -> None:
    """The gravest outcome decides, and only a strict run turns DEGRADED into FAIL."""
    results = _results(*outcomes)

    assert (decide(results), decide(results, strict=True)) == (decision, strict)


def test_adding_a_pass_never_changes_what_others_decided() -> None:
    """No combination of outcomes gets better or worse because one more check passed."""
    others = [outcome for outcome in Outcome if outcome is not O.NOT_APPLICABLE]
    for size in (1, 2, 3):
        for outcomes in itertools.combinations(others, size):
            assert decide(_results(*outcomes, O.PASS)) == decide(_results(*outcomes))


def test_every_decision_has_an_exit_code_of_its_own() -> None:
    """Exit codes stay clear of pytest's 0 to 5, except for GO."""
    assert [exit_code(decision) for decision in Decision] == [0, 10, 20, 30]


def test_counts_are_gravest_first() -> None:
    """Counts list the outcomes that occur, gravest first."""
    assert list(counts(_results(O.PASS, O.FAIL, O.PASS)).items()) == [(O.FAIL, 1), (O.PASS, 2)]


@pytest.mark.parametrize(
    ("outcomes", "strict", "sentence"),
    [
        ((O.FAIL, O.PASS), False, "FAIL: 1 of 2 checks failed on prod"),
        ((O.FAIL, O.BLOCKED), False, "FAIL: 1 of 2 checks failed on prod, 1 could not be measured"),
        ((O.UNMEASURED, O.BLOCKED, O.PASS), False, "UNMEASURED: 2 of 3 checks could not be measured on prod"),
        ((O.DEGRADED, O.PASS), False, "DEGRADED: 1 of 2 checks is degraded on prod"),
        ((O.DEGRADED,), True, "FAIL: 1 of 1 check is degraded on prod, which fails a strict run"),
        ((O.PASS, O.WAIVED), False, "GO: 1 of 2 checks passed on prod, 1 waived"),
        ((O.PASS, O.NOT_APPLICABLE), False, "GO: 1 of 1 check passed on prod"),
        ((), False, "UNMEASURED: no check was judged"),
    ],
)
def test_headline_says_it_in_one_sentence(outcomes: tuple[Outcome, ...], *, strict: bool, sentence: str) -> None:
    """The headline names the decision, how many checks stand behind it, and where."""
    report = RunReport(RUN, [HostInfo("prod", "live", "x")], _results(*outcomes), strict=strict)

    assert headline(report) == sentence
    assert headline(report).startswith(report.decision)


def test_headline_names_only_hosts_that_matter() -> None:
    """A failing run names the hosts on which a check failed; from four on it counts them."""
    mixed = [*_results(O.FAIL, host="b"), *_results(O.PASS, host="a")]
    many = [item for name in "abcd" for item in _results(O.PASS, host=name)]

    assert headline(RunReport(RUN, [], mixed)).endswith("failed on b")
    assert headline(RunReport(RUN, [], many)) == "GO: 4 of 4 checks passed on 4 hosts"
    assert "on prod and staging" in headline(realistic())


@pytest.mark.parametrize(
    ("code", "decision", "said"),
    [
        (0, "GO", ""),
        (10, "DEGRADED", ""),
        (1, "FAIL", ""),
        (1, "UNMEASURED", ""),
        (20, "FAIL", ""),
        (30, "UNMEASURED", ""),
        (1, "GO", "ended with 1 although no check failed"),
        (20, "DEGRADED", "ended with 20 although no check failed"),
        (3, "GO", "ended with 3"),
        (-9, "FAIL", "was killed by signal 9"),
        (None, "GO", "ended with None"),
    ],
)
def test_an_end_that_the_report_does_not_explain(code: int | None, decision: str, said: str) -> None:
    """A teardown, a plain test, a worker that died: who reads the report alone would take it for GO."""
    assert odd_end(code, decision) == said
