"""The parts of a status summary do not contradict each other."""

from __future__ import annotations

from typing import Final

from opscheck.checks._health import word
from opscheck.checks._status import PATHS, Summary, json_word, judged_summary, part
from opscheck.checks._words import failed, passed, shown
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "ok, ready, llm.path and rag.ok fit each other, and whatever is not well is explained"


@check(
    "status-coherent",
    promise="The summary does not contradict itself: ready is what its parts amount to, and what is not well is told.",
    concern="status",
    faults={
        "ok-against-ready": "ok and ready differ",
        "ready-without-rag": "ready while rag.ok is false",
        "ready-without-model": "ready while the path is down, or warming with nothing to fall back on",
        "unready-unexplained": "not ready, and nothing in the summary says why",
        "reason-untold": "the path is not the primary one, and neither llm.reason nor primary.last_error says why",
        "rag-against-itself": "rag.ok is true while rag.db is down",
    },
    remedy="make ready from the parts that the summary tells, in one place, and carry the last error into it",
)
def status_coherent(answer: HttpExchange) -> Verdict:
    """Judge one summary by itself."""

    def judge(summary: Summary) -> Verdict:
        observed = summary.line()
        wrong = _contradiction(summary) or _unexplained(summary)
        if wrong:
            return failed(wrong, expected=_EXPECTED, observed=observed)
        return passed(_told(summary), expected=_EXPECTED, observed=observed)

    return judged_summary(answer, judge, expected=_EXPECTED)


def _contradiction(summary: Summary) -> str:
    if summary.ok is not None and summary.ok != summary.ready:
        return f"ok is {json_word(summary.ok)} and ready is {json_word(summary.ready)}"
    db = part(summary.document, "rag").get("db")
    if summary.rag and word(db) == "fail":
        return f"rag.ok is true while rag.db is {shown(db, 40)}"
    if not summary.ready:
        return ""
    if not summary.rag:
        return "ready is true while rag.ok is false"
    if summary.path == "down" or (summary.path == "warming" and summary.key is False):
        return f"ready is true while the path is {summary.path} and nothing can answer"
    return ""


def _unexplained(summary: Summary) -> str:
    if not summary.ready and not _why(summary):
        return "ready is false while path, rag.ok and primary_model_present are well and reasons tells nothing"
    if summary.path in PATHS and summary.path != "primary" and not summary.reason:
        return f"the path is {summary.path} and neither llm.reason nor primary.last_error says why"
    return ""


def _why(summary: Summary) -> list[str]:
    found = [] if summary.rag else ["rag.ok is false"]
    if summary.path != "primary":
        found.append(f"the path is {shown(summary.path, 40)[1:-1]}")
    if summary.present is False:
        found.append("the primary model is absent")
    return found + [shown(reason, 60) for reason in summary.reasons[:3]]


def _told(summary: Summary) -> str:
    if summary.ready:
        return "the summary agrees with itself: ready"
    return f"the summary agrees with itself: not ready, for {', '.join(_why(summary))}"
