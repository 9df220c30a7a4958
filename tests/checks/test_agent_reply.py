"""The agent's answer carries a conversation, a response, the prompt and an instant."""

from datetime import timedelta
from typing import Any

import pytest

from opscheck.checks.agent_reply import agent_reply
from opscheck.model import HttpExchange, Outcome, Unmeasured, Verdict
from tests.checks.answers import HOSTILE, NOW, http, hung, refused
from tests.checks.proofs import is_complete, red

ID = "agent-reply"
PROMPT = "Say amber. run 7"


def reply(**changes: Any) -> HttpExchange:  # noqa: ANN401
    """A good answer, changed."""
    body = {
        "conversation_id": "c-1",
        "response": "amber",
        "messages": [{"role": "user", "content": PROMPT}, {"role": "assistant", "content": "amber"}],
        "created_at": NOW.isoformat(),
    }
    return http(body | changes, sent={"prompt": PROMPT})


def judge(answer: HttpExchange | Unmeasured) -> Verdict:
    """With the budget of the tests."""
    return agent_reply(answer, prompt=PROMPT, seconds=10)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "answer",
    [
        reply(),
        reply(created_at="2026-01-02T13:04:00+01:00"),
        reply(messages=[{"role": "user", "content": [{"type": "text", "text": f"{PROMPT}!"}]}]),
    ],
)
def test_a_whole_answer_passes(answer: HttpExchange) -> None:
    """Every field is there and says what it should."""
    assert judge(answer).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        red(ID, "agent-error", http({"detail": "LiteLLM responded with 500"}, 500), "'LiteLLM responded with 500'"),
        red(ID, "agent-error", http({"error": {"message": "no key"}}, 401), "answers 401: 'no key'", name="denied"),
        red(ID, "agent-no-conversation-id", reply(conversation_id=None), "conversation_id is None"),
        red(ID, "agent-no-conversation-id", reply(conversation_id=" "), "conversation_id is ' '", name="blank"),
        red(
            ID, "agent-prompt-missing", reply(messages=[{"role": "user", "content": "Say"}]), "the prompt is not among"
        ),
        red(ID, "agent-empty-response", reply(response=" \n"), "the response is ' \\n'"),
        red(ID, "agent-clock-off", reply(created_at=(NOW - timedelta(hours=1)).isoformat()), "60 minutes in the past"),
        red(ID, "agent-clock-off", reply(created_at="2026-01-02T12:00:00"), "its zone is missing", name="no-zone"),
        red(ID, "agent-hangs", hung(), "the agent hangs"),
        red(ID, "agent-hangs", http(reply().body, seconds=12.0), "the agent took 12 s", name="late"),
    ],
)
def test_a_fault_is_found(answer: HttpExchange | Unmeasured, reason: str) -> None:
    """Each missing part fails and is named."""
    verdict = judge(answer)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), hung(3.0)])
def test_what_was_not_reached_is_unmeasured(seen: Unmeasured) -> None:
    """A refused connection is no verdict, nor is a wait that was cut off before the budget."""
    assert judge(seen).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    verdict = judge(http(body))

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)
