"""What the summary asks of whoever is on call: nothing, patience, or help."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from opscheck.checks._status import PATHS, Summary, judged_summary
from opscheck.checks._warming import judged_warming
from opscheck.checks._words import degraded, error_text, failed, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "ready, on the primary path"


@check(
    "status-ready",
    promise="The summary says ready on the primary path; a fallback or a model that is loading is told as such.",
    concern="status",
    faults={
        "status-unavailable": "the summary answers a server error: nothing answers behind the address",
        "status-rag-down": "retrieval is down",
        "status-path-down": "no language model can be reached",
        "status-warming-over-budget": "the model has been loading for longer than its budget",
        "status-not-ready": "not ready, though model and retrieval are there",
    },
    remedy="follow the reasons that the summary tells: the model's host, the fallback, the store of the retrieval",
)
def status_ready(answer: HttpExchange, *, warming_minutes: float, now: datetime | None = None) -> Verdict:
    """Judge what one summary means for the people who depend on the service."""
    if answer.status >= 500:
        cause = "the backend behind the edge is down or frozen" if answer.status in (502, 503, 504) else ""
        reason = f"no summary: the address answers {answer.status}: {error_text(answer)}"
        return failed(reason, expected=_EXPECTED, observed=status_line(answer), likely_cause=cause)

    def judge(summary: Summary) -> Verdict:
        if summary.rag and summary.path == "warming":
            since, line = summary.since, summary.line()
            return judged_warming(since, budget=warming_minutes, now=now or answer.at, observed=line)
        return _decision(summary)

    return judged_summary(answer, judge, expected=_EXPECTED)


def _decision(summary: Summary) -> Verdict:
    told: dict[str, Any] = {"expected": _EXPECTED, "observed": summary.line()}
    if not summary.rag:
        return failed(f"retrieval is down: rag.ok is false{_more(summary)}", **told)
    if summary.path == "down":
        return failed(f"no language model: the path is down{_more(summary)}", **told)
    if summary.path == "fallback":
        return degraded(f"the fallback answers in place of the primary model{_more(summary)}", **told)
    if summary.path != "primary":
        reason = f"the path is {shown(summary.path, 40)}, of which nothing is promised"
        return unclear(reason, remedy="tell one of " + ", ".join(PATHS), **told)
    if not summary.ready:
        return failed(f"not ready on the primary path{_more(summary) or ', and the summary does not say why'}", **told)
    return passed("ready on the primary path", **told)


def _more(summary: Summary) -> str:
    told = list(dict.fromkeys(filter(None, (*summary.reasons[:3], summary.reason))))
    return f": {', '.join(shown(one, 80) for one in told)}" if told else ""
