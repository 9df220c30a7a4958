"""A minimal completion tells why there is no answer."""

from typing import Any

import pytest

from opscheck.checks.llm_completion import llm_completion
from opscheck.model import HttpExchange, Outcome
from tests.checks.answers import EPOCH, HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "llm-completion"


def said(content: str | None, finish: str = "stop", **message: Any) -> HttpExchange:  # noqa: ANN401 - any field
    """A completion."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content, **message}}
    return http({"id": "c", "object": "chat.completion", "created": EPOCH, "model": "tiny", "choices": [choice]})


def costly(tokens: object) -> HttpExchange:
    """A completion that says how many tokens it took."""
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ok"}}
    told = {"id": "c", "object": "chat.completion", "created": EPOCH, "model": "tiny", "choices": [choice]}
    return http({**told, "usage": {"completion_tokens": tokens}})


def error(text: str, status: int, *headers: tuple[str, str]) -> HttpExchange:
    """An error in the API's form."""
    return http({"error": {"message": text, "type": "x", "code": None}}, status, headers=headers)


@pytest.mark.proof(check=ID, outcome="PASS")
def test_an_answer_with_text_passes() -> None:
    """Also when it was cut at the token limit, or came with its reasoning."""
    assert llm_completion(said("hello", "length"), model="tiny").outcome is Outcome.PASS
    assert llm_completion(said("hello", reasoning="hm"), model="tiny").outcome is Outcome.PASS


@pytest.mark.parametrize("tokens", [16, 0, None, "many", True])
def test_the_budget_is_judged_where_the_usage_is_told(tokens: object) -> None:
    """A server that does not count is no spendthrift."""
    assert llm_completion(costly(tokens), model="tiny", max_tokens=16).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "llm-retired", error("model 'tiny' not found", 404), "tiny is gone or was never there (404)"),
        red(ID, "llm-retired", error("has been decommissioned", 400), "gone or was never there (400)", name="a-400"),
        red(ID, "llm-retired", error("gone", 410), "gone or was never there (410)", name="a-410"),
        red(
            ID, "llm-reasoning-only", said("", "length", reasoning_content="let me think"), "only reasoning, no answer"
        ),
        red(ID, "llm-reasoning-only", said("", "length"), "max_tokens was used up", name="nothing-at-all"),
        red(
            ID, "llm-rate-limited", error("slow down", 429, ("retry-after", "7")), "rate limited (429), retry after '7'"
        ),
        red(ID, "llm-key-refused", error("invalid key", 401), "the key is refused (401)"),
        red(ID, "llm-bad-request", error("max_tokens is too small", 400), "so the model was not asked"),
        red(ID, "llm-over-budget", costly(17), "the answer took 17 tokens, and 16 were allowed"),
        red(ID, "llm-error", error("upstream", 502), "the server fails (502)"),
        red(ID, "llm-error", http({"status": "ok"}), "id is None", name="no-completion"),
    ],
)
def test_a_fault_is_found(seen: HttpExchange, reason: str) -> None:
    """Six ways of not answering, each told apart from the others, and one of answering too much."""
    verdict = llm_completion(seen, model="tiny", max_tokens=16)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    verdict = llm_completion(refused(), model="tiny")  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert llm_completion(http(body), model="tiny").reason
