"""An address that does not exist does not look ready."""

from __future__ import annotations

from opscheck.checks._words import degraded, failed, passed, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check


@check(
    "readiness-decoy",
    promise="An address that does not exist does not look like readiness.",
    concern="readiness",
    faults={"answers-200-to-anything": "an edge or a single-page application answers 200 to every address"},
    remedy="route the health addresses to the service in front of the catch-all, and answer 404 to unknown ones",
)
def readiness_decoy(ready: HttpExchange, nowhere: HttpExchange) -> Verdict:
    """Judge the answer of an address that nobody serves beside the one of readiness."""
    expected = "an error, or at least another kind of answer than readiness gives"
    observed = f"readiness {status_line(ready)}; nowhere {status_line(nowhere)}"
    if not 200 <= nowhere.status < 300:
        return passed(f"an unknown address answers {nowhere.status}", expected=expected, observed=observed)
    if nowhere.content_type == ready.content_type or nowhere.body == ready.body:
        reason = f"an address that does not exist answers {nowhere.status} just as readiness does"
        cause = "a catch-all route, of an edge or a single-page application, answers in the service's place"
        return failed(reason, expected=expected, observed=observed, likely_cause=cause)
    reason = f"an address that does not exist answers {nowhere.status}: a probe with a misspelt path would stay green"
    return degraded(reason, expected=expected, observed=observed)
