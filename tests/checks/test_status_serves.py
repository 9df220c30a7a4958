"""A completion has to take the path that the summary tells."""

from typing import Any

import pytest

from opscheck.checks.status_serves import status_serves
from opscheck.model import HttpExchange, Outcome, Unmeasured, Verdict
from tests.checks.answers import HOSTILE, http, hung, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import state, summary

ID = "status-serves"
Seen = HttpExchange | Unmeasured

PRIMARY = summary()
FALLBACK = summary(state("fallback", ready=True))
WARMING = summary(state("warming"))
DOWN = summary(state("down"))
UNREADY = summary({"ok": False, "ready": False, "reasons": ["sqlite: locked"]})
PROBLEM = {"title": "Service Unavailable", "detail": "no language model"}
REFUSED = http(PROBLEM, 503)


def said(text: object = "amber", *, served: str = "", finish: str = "stop", **more: Any) -> HttpExchange:  # noqa: ANN401
    """A completion that says this."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    return http({"choices": [choice], **({"_served_by": served} if served else {}), **more})


def judged(answer: Seen, chat: Seen) -> Verdict:
    """With a minute for a completion."""
    return status_serves(answer, chat, seconds=60)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("answer", "chat"),
    [
        (PRIMARY, said()),
        (PRIMARY, said(served="primary")),
        (PRIMARY, said(served="case-study")),
        (PRIMARY, http({"content": "amber", "_served_by": "primary"})),
        (PRIMARY, said([{"type": "text", "text": "amber"}])),
        (FALLBACK, said(served="fallback")),
        (WARMING, said(served="fallback")),
        (WARMING, REFUSED),
        (DOWN, REFUSED),
        (UNREADY, REFUSED),
    ],
)
def test_the_path_that_is_told_passes(answer: HttpExchange, chat: HttpExchange) -> None:
    """Answered by whom the path names, or refused where nothing serves."""
    assert judged(answer, chat).outcome is Outcome.PASS


def test_tokens_that_were_used_up_are_degraded() -> None:
    """A model that thinks first may use up the few tokens of a probe; it serves all the same."""
    assert judged(PRIMARY, said("", finish="length")).outcome is Outcome.DEGRADED


@pytest.mark.parametrize(
    ("answer", "chat", "reason"),
    [
        red(ID, "path-claims-to-serve", PRIMARY, REFUSED, "answered by 503: 'no language model'"),
        red(ID, "path-claims-to-serve", FALLBACK, REFUSED, "the path is fallback, and a completion", name="fallback"),
        red(ID, "path-claims-to-serve", PRIMARY, http(b"", 404), "answered by 404", name="404"),
        red(ID, "path-claims-to-serve", PRIMARY, said(""), "the completion says nothing", name="empty"),
        red(ID, "path-claims-to-serve", PRIMARY, hung(62), "a completion is never answered", name="hangs"),
        red(
            ID, "path-down-and-answers", DOWN, said(served="fallback"), "the path is down, and a completion is answered"
        ),
        red(ID, "path-down-breaks", DOWN, http(b"Internal Server Error", 500), "fails by 500 instead of 503"),
        red(ID, "path-down-breaks", DOWN, hung(62), "the path is 'down', and a completion is never", name="hangs-down"),
        red(
            ID, "path-down-breaks", WARMING, http(b"", 500), "the path is warming, and a completion fails", name="warm"
        ),
        red(ID, "served-by-other", PRIMARY, said(served="fallback"), "served by fallback"),
        red(ID, "served-by-other", FALLBACK, said(served="primary"), "served by primary", name="primary"),
        red(ID, "served-by-other", WARMING, said(served="primary"), "the path is warming, and", name="warming"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, chat: Seen, reason: str) -> None:
    """A promise that is not kept, an answer that nobody promised, an answer by another one."""
    verdict = judged(answer, chat)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    ("answer", "chat"),
    [
        (PRIMARY, refused()),
        (refused(), said()),
        (PRIMARY, hung(5)),
        (WARMING, hung(62)),
        (summary(status=502), said()),
        (summary({"llm.path": "unknown"}), said()),
        *((PRIMARY, http(PROBLEM, status)) for status in (400, 401, 403, 422, 429)),
        *((WARMING, http(PROBLEM, status)) for status in (502, 504)),  # the edge's own, of a service that is away
    ],
)
def test_what_was_not_heard_is_unmeasured(answer: Seen, chat: Seen) -> None:
    """Refused for who asked or for what was asked, or not reached: that tells nothing of the path."""
    assert judged(answer, chat).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever the completion holds, there is a red verdict; what is no summary cannot be judged."""
    assert judged(PRIMARY, http(body)).outcome is Outcome.FAIL
    assert is_complete(judged(PRIMARY, http(body, 503)))
    assert judged(http(body), said()).outcome is Outcome.UNMEASURED
