"""A completion has its required fields; how many say something is counted."""

from typing import Any

import pytest

from opscheck.checks.chat_completion import chat_completion
from opscheck.model import HttpExchange, Outcome, Samples, Unmeasured, Verdict
from tests.checks.answers import EPOCH, HOSTILE, http, hung, refused
from tests.checks.proofs import is_complete, red

ID = "chat-completion"
PROMPT = "Say amber. run 7"


def said(content: object = "amber", finish: object = "stop", **changes: Any) -> HttpExchange:  # noqa: ANN401
    """A good completion, changed."""
    message = {"role": "assistant", "content": content}
    body = {
        "id": "c-1",
        "object": "chat.completion",
        "created": EPOCH,
        "model": "m",
        "conversation_id": "c-1",
        "messages": [{"role": "user", "content": PROMPT}],
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }
    return http(body | changes, sent={})


def judge(*taken: HttpExchange | Unmeasured, needed: int = 1, conversation: bool = True) -> Verdict:
    """Judge samples."""
    return chat_completion(Samples(taken), prompt=PROMPT, needed=needed, conversation=conversation)


@pytest.mark.proof(check=ID, outcome="PASS")
def test_a_whole_answer_passes() -> None:
    """Alone or among samples, and without the fields that compatible servers leave out."""
    plain = said(conversation_id=None, messages=None)

    assert judge(said(), said(), needed=2).outcome is Outcome.PASS
    assert judge(plain, conversation=False).outcome is Outcome.PASS
    assert chat_completion(said(), prompt=PROMPT, needed=1, conversation=True).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "chat-error", http({"error": {"message": "no model"}}, 503, sent={}), "answer 503: 'no model'"),
        red(ID, "chat-empty", said(""), "0 of 1 answers say something, 1 are needed: the content is empty"),
        red(ID, "chat-empty", said(None, "length"), "max_tokens was used up", name="used-up"),
        red(ID, "chat-no-conversation-id", said(conversation_id=None), "conversation_id is None"),
        red(ID, "chat-prompt-missing", said(messages=[]), "the prompt is not among the messages"),
        red(ID, "chat-clock-off", said(created=EPOCH - 3600), "created lies 60 minutes in the past"),
        red(ID, "chat-not-json", http(b"<html>", sent={}), "no JSON object"),
        red(ID, "chat-wrong-shape", said(id=5), "id is 5, not a text", name="id"),
        red(ID, "chat-wrong-shape", said(object="completion"), "object is 'completion'", name="object"),
        red(ID, "chat-wrong-shape", said(created="now"), "created is 'now'", name="created"),
        red(ID, "chat-wrong-shape", said(created=10**30), "created is 1000", name="created-beyond-time"),
        red(ID, "chat-wrong-shape", said(choices=[]), "choices is []", name="choices"),
        red(ID, "chat-wrong-shape", said(7), "the content is a JSON number", name="content"),
        red(ID, "chat-wrong-shape", said(finish="done"), "finish_reason is 'done'", name="finish-reason"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange, reason: str) -> None:
    """Each missing part fails and is named."""
    verdict = judge(answer)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="DEGRADED")
@pytest.mark.parametrize("miss", [said(""), http({"error": "busy"}, 429, sent={}), hung()])
def test_enough_but_not_all_degrades(miss: HttpExchange | Unmeasured) -> None:
    """What varies by nature is counted, and the counts are told."""
    verdict = judge(said(), miss, said(), needed=2)

    assert verdict.outcome is Outcome.DEGRADED
    assert verdict.reason.startswith("2 of 2 answers" if isinstance(miss, Unmeasured) else "2 of 3 answers")


def test_too_few_fail_with_their_counts() -> None:
    """One of three is not two of three."""
    verdict = judge(said(""), said(), said(""), needed=2)

    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.startswith("1 of 3 answers say something, 2 are needed")


def test_a_wrong_shape_fails_whatever_the_counts() -> None:
    """Shape does not vary by nature."""
    assert judge(said(), said(), said(model=None), needed=2).outcome is Outcome.FAIL


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_too_few_measured_is_unmeasured() -> None:
    """Samples that were not seen could have been good; with too many misses they no longer matter."""
    assert judge(said(), refused(), refused(), needed=2).outcome is Outcome.UNMEASURED
    assert judge(said(""), said(""), refused(), needed=2).outcome is Outcome.FAIL
    assert judge(refused("here:agent:refused")).cause == "here:agent:refused"


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    for status in (200, 500):
        verdict = judge(http(body, status, sent={}))

        assert verdict.outcome is Outcome.FAIL
        assert is_complete(verdict)
