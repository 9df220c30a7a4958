"""A threshold on a quantile lies within its histogram."""

import pytest

from opscheck.checks.alert_threshold import alert_threshold
from opscheck.model import Outcome
from tests.checks.alert_rules import rules
from tests.checks.answers import refused
from tests.checks.proofs import is_complete, red

ID = "alert-threshold"
P95 = "histogram_quantile(0.95, sum by (le) (rate(seconds_bucket[5m])))"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "query",
    [
        f"{P95} > 60",
        f"{P95} >= 120",
        f"{P95} < 300",
        f"60 < {P95}",
        "histogram_quantile(0.95, rate(unknown_bucket[5m])) > 300",  # a missing metric is another check's finding
        "seconds_sum > 300",
    ],
)
def test_a_threshold_within_reach_passes(query: str) -> None:
    """Below the largest bucket, or at it where that is enough."""
    assert alert_threshold(rules(query)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "query",
    [
        red(ID, "quantile-out-of-reach", f"{P95} > 300"),
        red(ID, "quantile-out-of-reach", f"{P95} > 120", name="at-the-largest-bucket"),
        red(ID, "quantile-out-of-reach", f"300 < {P95}", name="number-on-the-left"),
        red(ID, "quantile-out-of-reach", f"up == 1 and {P95} > 300", name="in-a-part"),
    ],
)
def test_a_fault_is_found(query: str) -> None:
    """The largest bucket is told, so that either number can be mended."""
    verdict = alert_threshold(rules(query))

    assert verdict.outcome is Outcome.FAIL
    assert "the largest bucket of seconds_bucket is 120" in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """Neither a server that cannot be reached nor one without rules is a verdict on its rules."""
    assert alert_threshold(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
    assert alert_threshold(rules()).outcome is Outcome.UNMEASURED
