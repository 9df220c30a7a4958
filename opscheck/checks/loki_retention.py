"""The log store deletes lines, and not before they are as old as promised."""

from __future__ import annotations

from opscheck.checks._words import failed, passed, shown, unclear
from opscheck.model import Verdict
from opscheck.model.logs import LogRetention
from opscheck.registry import check


@check(
    "loki-retention",
    promise="Loki deletes lines when they are as old as the runbook says, by the configuration that it runs with.",
    concern="observability",
    faults={
        "retention-off": "a period is set, and nothing deletes: lines are kept until the disk is full",
        "retention-differs": "lines are kept for another time than promised",
    },
    remedy="set compactor.retention_enabled (with delete_request_store) and limits_config.retention_period",
)
def loki_retention(kept: LogRetention, *, seconds: float | None) -> Verdict:
    """Compare the two settings that have to go together with the promised time."""
    if seconds is None:
        remedy = "write it as Loki does, such as 30d"
        return unclear("expect.loki.retention is no period", expected="a period such as 30d", remedy=remedy)
    expected = f"lines are deleted after {_days(seconds)}"
    observed = f"retention_enabled {str(kept.enabled).lower()}, retention_period {shown(kept.period, 40)}"
    if kept.problem:
        return failed(f"the retention cannot be told: {shown(kept.problem)}", expected=expected, observed=observed)
    if not kept.enabled:
        cause = "retention_period alone deletes nothing: the compactor does, where retention_enabled is true"
        return failed("nothing is ever deleted", expected=expected, observed=observed, likely_cause=cause)
    if kept.seconds != seconds:
        told = _days(kept.seconds) if kept.seconds else "any time"
        return failed(f"lines are kept for {told}", expected=expected, observed=observed)
    return passed(f"lines are deleted after {_days(seconds)}", expected=expected, observed=observed)


def _days(seconds: float) -> str:
    return f"{seconds / 86400:g} days" if seconds >= 86400 else f"{seconds / 3600:g} hours"
