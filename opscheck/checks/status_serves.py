"""The path that the summary tells is the one that a question takes."""

from __future__ import annotations

from typing import Any, Final

from opscheck.checks._conversation import content_text
from opscheck.checks._json import NotJson, objects, read_object
from opscheck.checks._status import PATHS, SERVING, Summary, judged_summary, part
from opscheck.checks._words import degraded, error_text, failed, hangs, passed, shown, status_line, unclear, unseen
from opscheck.model import HttpExchange, Unmeasured, Verdict
from opscheck.registry import check

_EXPECTED: Final = "primary and fallback answer a completion, by themselves; down refuses it with 503"
_NOT_HEARD: Final = (400, 401, 403, 405, 413, 415, 422, 429)  # refused for what was asked, or for who asked
_GATEWAY: Final = (502, 504)  # what an edge answers for a service that is not there


@check(
    "status-serves",
    promise="A completion is answered where the path says that something serves, by just that, and refused where not.",
    concern="status",
    faults={
        "path-claims-to-serve": "the path is primary or fallback and a completion is not answered",
        "path-down-and-answers": "the path is down and a completion is answered",
        "path-down-breaks": "nothing serves, and a completion is not refused with 503 but fails otherwise",
        "served-by-other": "the answer names another path than the summary",
    },
    remedy="let the summary and the chat read the same state; then ask the model's host directly with the same model",
    sees_unmeasured=True,
)
def status_serves(answer: HttpExchange | Unmeasured, chat: HttpExchange | Unmeasured, *, seconds: float) -> Verdict:
    """Judge a summary by one completion that was asked right after it."""
    if isinstance(answer, Unmeasured):
        return unseen(answer)

    def judge(summary: Summary) -> Verdict:
        if isinstance(chat, Unmeasured):
            return _unheard(summary, chat, seconds)
        observed = f"{summary.line()}; completion {status_line(chat)}"
        if chat.status in _NOT_HEARD:
            reason = f"the completion was not heard: {chat.status}: {error_text(chat)}"
            return unclear(reason, expected=_EXPECTED, observed=observed, remedy="correct expect.chat or the key")
        if summary.path not in PATHS:
            reason = f"the path is {shown(summary.path, 40)}, of which nothing is promised"
            return unclear(reason, expected=_EXPECTED, observed=observed, remedy="tell one of " + ", ".join(PATHS))
        if chat.status == 200:
            return _answered(summary, chat, observed)
        return _refused(summary, chat, observed)

    return judged_summary(answer, judge, expected=_EXPECTED)


def _unheard(summary: Summary, chat: Unmeasured, seconds: float) -> Verdict:
    if not hangs(chat, seconds) or summary.path == "warming":
        return unseen(chat)
    reason = f"the path is {shown(summary.path, 40)}, and a completion is never answered"
    return failed(reason, expected=_EXPECTED, observed=f"{summary.line()}; {chat.kind.value}: {chat.detail}")


def _answered(summary: Summary, chat: HttpExchange, observed: str) -> Verdict:
    told: dict[str, Any] = {"expected": _EXPECTED, "observed": observed}
    text, finish, server = _completion(chat)
    if server:
        told["observed"] += f", served by {server}"
    if not text:
        if finish == "length":
            return degraded("the completion's tokens were used up before it said a word", **told)
        return failed(f"the path is {summary.path}, and the completion says nothing", **told)
    if summary.path == "down":
        return failed(f"the path is down, and a completion is answered: {shown(text, 40)}", **told)
    if server and server != summary.path and not (summary.path == "warming" and server == "fallback"):
        return failed(f"the path is {summary.path}, and the completion was served by {server}", **told)
    return passed(f"the path is {summary.path}, and a completion is answered", **told)


def _refused(summary: Summary, chat: HttpExchange, observed: str) -> Verdict:
    told: dict[str, Any] = {"expected": _EXPECTED, "observed": observed}
    if summary.path in SERVING:
        if not summary.ready and (summary.reasons or not summary.rag):
            return passed("the summary says that the service is not ready, and a completion is refused", **told)
        reason = f"the path is {summary.path}, and a completion is answered by {chat.status}: {error_text(chat)}"
        return failed(reason, **told)
    if chat.status in _GATEWAY:
        reason = f"the completion got no further than the edge: {chat.status}: {error_text(chat)}"
        return unclear(reason, expected=_EXPECTED, observed=observed, remedy="look at what is behind the edge")
    if chat.status != 503:
        reason = f"the path is {summary.path}, and a completion fails by {chat.status} instead of 503"
        return failed(reason, **told)
    return passed(f"the path is {summary.path}, and a completion is refused", **told)


def _completion(chat: HttpExchange) -> tuple[str, str, str]:
    """What a completion says, why it ended, and who served it where it names a path; empty where it does not tell."""
    try:
        document = read_object(chat.body)
    except NotJson:
        return "", "", ""
    first = (objects(document.get("choices")) or [{}])[0]
    text = content_text(part(first, "message").get("content")) or content_text(document.get("content"))
    finish, server = first.get("finish_reason"), document.get("_served_by")
    known = server if isinstance(server, str) and server in SERVING else ""
    return text.strip(), finish if isinstance(finish, str) else "", known
