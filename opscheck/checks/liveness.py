"""Liveness: the process answers, at once, and does not say that it is down."""

from __future__ import annotations

from opscheck.checks._health import statements, word
from opscheck.checks._json import NotJson, read_json
from opscheck.checks._timing import took
from opscheck.checks._words import error_text, failed, hangs, passed, seconds_text, shown, status_line, unseen
from opscheck.model import HttpExchange, Unmeasured, Verdict
from opscheck.registry import check


@check(
    "liveness",
    promise="The liveness address answers 2xx within its budget, and its body does not say that the process is down.",
    concern="readiness",
    faults={
        "liveness-not-found": "the documented liveness address answers 404 or another error",
        "liveness-slow": "something blocks the process, so that liveness comes late",
        "liveness-hangs": "the process takes the connection and never answers",
        "liveness-says-down": "the answer is 200 and its body says down",
        "liveness-is-a-page": "whatever is asked there answers a page for people, also while the process is dead",
    },
    remedy="look at the process and its log; correct the path in whatever probes it (orchestrator, load balancer)",
    sees_unmeasured=True,
)
def liveness(answer: HttpExchange | Unmeasured, *, seconds: float) -> Verdict:
    """Judge one answer of the liveness address."""
    expected = f"2xx within {seconds_text(seconds)}"
    if isinstance(answer, Unmeasured):
        if not hangs(answer, seconds):
            return unseen(answer)
        cause = "the process is there but blocked: a lock, a full worker pool, a stopped event loop"
        return failed("the process hangs", expected=expected, observed=answer.detail, likely_cause=cause)
    observed = f"{status_line(answer)} after {seconds_text(took(answer))}"
    if not 200 <= answer.status < 300:
        cause = "the path that is probed is not the path that is served" if answer.status == 404 else ""
        reason = f"liveness answers {answer.status}: {error_text(answer)}"
        return failed(reason, expected=expected, observed=observed, likely_cause=cause)
    wrong, cause = _denial(answer)
    if wrong:
        return failed(wrong, expected=expected, observed=observed, likely_cause=cause)
    if took(answer) > seconds:
        cause = "work that blocks the process, such as a lock or a slow dependency asked for liveness"
        reason = f"liveness took {seconds_text(took(answer))}"
        return failed(reason, expected=expected, observed=observed, likely_cause=cause)
    return passed("the process answers", expected=expected, observed=observed)


def _denial(answer: HttpExchange) -> tuple[str, str]:
    """How a 2xx denies that the process lives, and why that may be."""
    if answer.content_type == "text/html":
        cause = "nobody serves this address: a proxy or a single-page application answers for every path"
        return "liveness answers a page for people", cause
    down = _says_down(answer)
    return (f"liveness answers {answer.status} and its body says {down}" if down else ""), ""


def _says_down(answer: HttpExchange) -> str:
    try:
        body = read_json(answer.body)
    except NotJson:
        body = answer.text().strip()
    if isinstance(body, dict):
        return ", ".join(str(said) for said in statements(body) if said.word == "fail")
    return shown(body) if word(body) == "fail" else ""
