"""An alerting rule asks for series that exist."""

import pytest

from opscheck.checks.alert_metrics import alert_metrics
from opscheck.model import Outcome
from opscheck.model.alert_rules import AlertRules
from tests.checks.alert_rules import WORLD, rules, series
from tests.checks.answers import refused
from tests.checks.proofs import is_complete, red

ID = "alert-metrics"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "query",
    [
        'up{job="worker"} == 0',
        'rate(tasks_total{status="error"}[5m]) > 0',  # no error has happened yet
        'rate(tasks_total{status=~"5.."}[5m]) > 0',
        'rate(errors_total{error_type=~".*mongo.*"}[5m]) > 0',
        'tasks_total{region=""} > 5',  # an absent label is the empty text
        "absent(heartbeat)",
        "job:tasks:rate5m > 3",
        '{__name__=~"tasks_.*"} > 1',
        "vector(1)",
    ],
)
def test_a_rule_whose_series_exist_passes(query: str) -> None:
    """Also before the first error, for recorded names, and where absence is what is asked for."""
    assert alert_metrics(rules(query, recorded=("job:tasks:rate5m",))).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "rule-without-metric", rules("heartbeat == 0"), "asks for heartbeat, which nothing exposes"),
        red(ID, "rule-without-metric", rules("up == 0 or rate(gone[5m]) > 1"), "asks for gone", name="in-a-part"),
        red(ID, "rule-selects-nothing", rules('tasks_total{state="error"} > 1'), "no series of that metric can match"),
        red(ID, "rule-unreadable", rules("sum by ("), "cannot be parsed"),
    ],
)
def test_a_fault_is_found(seen: AlertRules, reason: str) -> None:
    """The rule is named, and what it asks for in vain."""
    verdict = alert_metrics(seen)

    assert verdict.outcome is Outcome.FAIL
    assert "Rule1" in verdict.reason
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """Neither a server that cannot be reached nor one without rules is a verdict on its rules."""
    assert alert_metrics(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
    assert alert_metrics(rules()).outcome is Outcome.UNMEASURED


def test_many_findings_are_counted() -> None:
    """A reason stays one line, however many rules are wrong."""
    verdict = alert_metrics(rules(*(f"gone_{number} > 1" for number in range(9)), world=(*WORLD, series("x"))))

    assert "and 5 more" in verdict.reason
