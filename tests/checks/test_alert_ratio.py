"""A division compares a part with its whole."""

import pytest

from opscheck.checks.alert_ratio import alert_ratio
from opscheck.model import Outcome
from tests.checks.alert_rules import rules
from tests.checks.answers import refused
from tests.checks.proofs import is_complete, red

ID = "alert-ratio"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "query",
    [
        'sum(rate(tasks_total{status="error"}[5m])) / sum(rate(tasks_total[5m])) > 0.1',
        'sum by (job) (rate(tasks_total{status="error"}[5m])) / sum by (job) (rate(tasks_total[5m])) > 0.1',
        "sum(rate(errors_total[5m])) / sum(rate(messages_total[5m])) > 0.2",
        "rate(errors_total[5m]) / on (job) group_left rate(messages_total[5m]) > 0.2",
        "queue_depth / 100 > 0.9",
        'label_replace(errors_total, "a", "$1", "job", "(.*)") / messages_total > 1',  # not followed, so not judged
        "missing_total / gone_total > 1",  # the metrics are another check's finding
    ],
)
def test_a_division_that_finds_partners_passes(query: str) -> None:
    """Summed sides, matched labels, and what cannot be told."""
    assert alert_ratio(rules(query)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        red(
            ID,
            "ratio-never-matches",
            "rate(errors_total[5m]) / rate(messages_total[5m]) > 0.2",
            "rows with error_type, handler, job by rows with job, status: they never match",
        ),
        red(
            ID,
            "ratio-never-matches",
            "sum by (handler) (errors_total) / sum by (job) (messages_total) > 1",
            "never match",
            name="summed-by-other-labels",
        ),
        red(
            ID,
            "ratio-always-one",
            'rate(tasks_total{status="error"}[5m]) / rate(tasks_total[5m]) > 0.1',
            "the ratio is always 1",
        ),
        red(
            ID,
            "ratio-always-one",
            'sum by (status) (rate(tasks_total{status="error"}[5m])) / sum by (status) (rate(tasks_total[5m])) > 0.1',
            "the ratio is always 1",
            name="summed-by-the-label-that-tells-them-apart",
        ),
    ],
)
def test_a_fault_is_found(query: str, reason: str) -> None:
    """Also before the first error: its series is supposed."""
    verdict = alert_ratio(rules(query))

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """Neither a server that cannot be reached nor one without rules is a verdict on its rules."""
    assert alert_ratio(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
    assert alert_ratio(rules()).outcome is Outcome.UNMEASURED
