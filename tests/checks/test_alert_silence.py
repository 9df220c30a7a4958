"""A rule on silence hears a missing series as well."""

import pytest

from opscheck.checks.alert_silence import alert_silence
from opscheck.model import Outcome
from tests.checks.alert_rules import rules
from tests.checks.answers import refused
from tests.checks.proofs import is_complete, red

ID = "alert-silence"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "queries",
    [
        ("rate(messages_total[15m]) == 0 or absent(messages_total)",),
        ("rate(messages_total[15m]) == 0", "absent_over_time(messages_total[15m])"),
        ("up == 0",),  # the server makes it, also where the target is gone
        ("queue_depth > 50",),
        ("sum(rate(tasks_total[5m])) / sum(rate(messages_total[5m])) > 0.5",),
        ("rate(messages_total[15m]) < bool 1 or absent(messages_total)",),
    ],
)
def test_silence_that_is_heard_passes(queries: tuple[str, ...]) -> None:
    """By the expression itself, by a rule beside it, or because nothing small is waited for."""
    assert alert_silence(rules(*queries)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "query",
    [
        red(ID, "silence-stays-silent", "rate(messages_total[15m]) == 0"),
        red(ID, "silence-stays-silent", "sum(increase(messages_total[1h])) < 1", name="less-than"),
        red(ID, "silence-stays-silent", "up == 1 and rate(messages_total[15m]) == 0", name="in-a-part"),
        red(ID, "silence-stays-silent", "0 == rate(messages_total[15m])", name="number-on-the-left"),
    ],
)
def test_a_fault_is_found(query: str) -> None:
    """The metric is named whose absence nobody would hear of."""
    verdict = alert_silence(rules(query))

    assert verdict.outcome is Outcome.FAIL
    assert "too little messages_total, but not when it is absent" in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """Neither a server that cannot be reached nor one without rules is a verdict on its rules."""
    assert alert_silence(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
    assert alert_silence(rules()).outcome is Outcome.UNMEASURED
