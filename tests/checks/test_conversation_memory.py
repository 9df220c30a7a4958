"""The second turn has to know the first."""

import pytest

from opscheck.checks.conversation_memory import conversation_memory
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "conversation-memory"
PROMPT = "The word is amber."


def turn(prompt: str, *known: str, conversation: object = "c-1") -> HttpExchange:
    """A turn whose answer knows these prompts."""
    messages = [{"role": "user", "content": text} for text in (*known, prompt)]
    return http({"conversation_id": conversation, "messages": messages}, sent={"prompt": prompt})


FIRST = turn(PROMPT)


@pytest.mark.proof(check=ID, outcome="PASS")
def test_a_second_turn_that_knows_the_first_passes() -> None:
    """By its history, or by a memory that quotes it."""
    chat = http(FIRST.body, sent={"messages": [{"role": "user", "content": PROMPT}]})

    assert conversation_memory(FIRST, turn("Which word?", PROMPT)).outcome is Outcome.PASS
    assert conversation_memory(FIRST, turn("Which word?", f"Context memory: {PROMPT}")).outcome is Outcome.PASS
    assert conversation_memory(chat, turn("Which word?", PROMPT)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("first", "second", "reason"),
    [
        red(ID, "conversation-forgotten", FIRST, turn("Which word?"), "do not hold the first prompt"),
        red(ID, "conversation-split", FIRST, turn("Which?", PROMPT, conversation="c-2"), "another conversation"),
        red(ID, "conversation-split", FIRST, turn("Which?", PROMPT, conversation=None), "another", name="no-id"),
        red(ID, "conversation-forgotten", FIRST, http({"detail": "x"}, 500), "second turn answers 500", name="error"),
    ],
)
def test_a_fault_is_found(first: HttpExchange, second: HttpExchange, reason: str) -> None:
    """A forgotten or a split conversation fails."""
    verdict = conversation_memory(first, second)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_seen_is_unmeasured() -> None:
    """Without an answer, or without knowing what was asked, nothing can be compared."""
    unknown = http({"conversation_id": "c-1"})

    assert conversation_memory(FIRST, refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type]
    assert conversation_memory(unknown, FIRST).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends in either turn, there is a red verdict."""
    assert conversation_memory(FIRST, http(body)).outcome is Outcome.FAIL
    assert conversation_memory(http(body, sent={"prompt": PROMPT}), FIRST).outcome is Outcome.FAIL
