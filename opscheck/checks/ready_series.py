"""The gauge by which a service says that it is ready has come to Prometheus, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from opscheck.checks._prometheus import vector
from opscheck.checks._words import failed, judged_json, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check


@check(
    "ready-series",
    promise="Prometheus has the gauge status_ready of every expected service, and each of them says ready.",
    concern="infra",
    faults={
        "ready-series-missing": "a service is expected and Prometheus has no gauge of it: no alert can hear it",
        "ready-series-zero": "a service says by its gauge that it is not ready",
    },
    remedy="ask the service's own readiness; compare the scrape configuration with what exposes status_ready",
)
def ready_series(answer: HttpExchange, *, services: Sequence[str]) -> Verdict:
    """Judge the instant vector of `status_ready`; a service with several instances is ready when all of them are."""
    expected = f"status_ready 1 of {', '.join(services)}"

    def judge(document: dict[str, Any]) -> Verdict:
        if document.get("status") != "success":
            reason = f"the API answers {answer.status}: {shown(document.get('error'))}"
            return failed(reason, expected=expected, observed=status_line(answer))
        rows = vector(document)
        told = ", ".join(f"{shown(labels.get('service'), 40)} {value:g}" for labels, value in rows[:10])
        observed = f"status_ready: {told or 'no series'}"
        missing = [name for name in services if all(labels.get("service") != name for labels, _ in rows)]
        if missing:
            reason = f"no gauge status_ready of {', '.join(shown(name, 40) for name in missing)}"
            return failed(reason, expected=expected, observed=observed)
        low = [labels for labels, value in rows if labels.get("service") in services and value != 1]
        if low:
            told = ", ".join(f"{shown(one.get('service'), 40)} at {shown(one.get('instance'), 60)}" for one in low[:4])
            return failed(f"not ready by its own gauge: {told}", expected=expected, observed=observed)
        return passed("every expected service says ready", expected=expected, observed=observed)

    return judged_json(answer, judge, expected=expected)
