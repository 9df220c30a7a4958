"""The contract of the agent's own route."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx

from service.running import EmbeddedService

from .conftest import Run


def ask(http: httpx.Client, service: EmbeddedService, body: dict[str, object]) -> httpx.Response:
    """Post to the agent."""
    return http.post(f"{service.agent_url}/v1/agent", json=body)


def test_first_turn_answers_with_every_promised_field(service: EmbeddedService, http: httpx.Client) -> None:
    """A first turn has an id, the prompt within two messages, a completion step, usage and a UTC time."""
    body = ask(http, service, {"prompt": "hello there", "metadata": {"team": "ops"}}).json()

    assert [m["role"] for m in body["messages"]] == ["user", "assistant"]
    assert body["messages"][0]["content"] == "hello there"
    assert body["messages"][1]["content"] == body["response"]
    assert [s["type"] for s in body["steps"]] == ["memory_retrieval", "completion"]
    assert body["steps"][0] == {"type": "memory_retrieval", "source": "qdrant-edge", "count": 0, "status": "ok"}
    assert body["steps"][1]["model"] == body["model"]
    assert body["metadata"] == {"team": "ops"}
    usage = body["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0
    age = datetime.now(UTC) - datetime.fromisoformat(body["created_at"])
    assert abs(age) < timedelta(minutes=1)


def test_a_fact_is_recalled_in_a_later_turn(service: EmbeddedService, http: httpx.Client) -> None:
    """The second turn of a conversation answers with what the first one said, from history and from memory."""
    first = ask(http, service, {"prompt": "my deploy code is amber-17"}).json()
    body = {"prompt": "what is my deploy code?", "conversation_id": first["conversation_id"]}
    second = ask(http, service, body).json()

    assert "amber-17" in second["response"]
    assert second["conversation_id"] == first["conversation_id"]
    assert second["steps"][0]["count"] == 1
    assert {"role": "system", "content": "Context memory: my deploy code is amber-17"} in second["messages"]


def test_strangers_with_the_same_opening_share_nothing(service: EmbeddedService, http: httpx.Client) -> None:
    """Without an id every conversation gets one of its own, and sees no other's memory."""
    first = ask(http, service, {"prompt": "my secret colour is teal"}).json()
    second = ask(http, service, {"prompt": "my secret colour is teal"}).json()

    assert first["conversation_id"] != second["conversation_id"]
    assert second["steps"][0]["count"] == 0
    assert len(second["messages"]) == 2


def test_given_messages_replace_the_stored_history(service: EmbeddedService, http: httpx.Client) -> None:
    """Messages of the request stand in place of what is stored, for this call."""
    ask(http, service, {"prompt": "stored line", "conversation_id": "replace-1"})
    given = [{"role": "user", "content": "the gate number is 42"}]
    body = ask(
        http, service, {"prompt": "which gate number?", "conversation_id": "replace-1", "messages": given}
    ).json()

    assert body["messages"][0] == given[0]
    assert body["response"] == "the gate number is 42"
    assert "stored line" not in [m["content"] for m in body["messages"]]


def test_history_is_the_last_twenty_messages(run: Run, http: httpx.Client) -> None:
    """A long conversation shows its last twenty stored messages, oldest first."""
    service = run()
    for number in range(12):
        ask(http, service, {"prompt": f"turn {number}", "conversation_id": "long"})
    body = ask(http, service, {"prompt": "turn 12", "conversation_id": "long"}).json()

    stored = [m["content"] for m in body["messages"] if m["role"] in {"user", "assistant"}][:-2]
    assert len(stored) == 20
    assert stored[0] == "turn 2"
    assert body["steps"][0]["count"] == 5


def test_unknown_fields_are_ignored(service: EmbeddedService, http: httpx.Client) -> None:
    """A field that the service does not know changes nothing."""
    assert ask(http, service, {"prompt": "hi", "colour": {"deep": [1]}}).status_code == 200


def test_max_tokens_cuts_the_answer(service: EmbeddedService, http: httpx.Client) -> None:
    """A limit of tokens reaches the provider."""
    body = ask(http, service, {"prompt": "one two three four five", "max_tokens": 2}).json()

    assert body["response"] == "Noted: one"
