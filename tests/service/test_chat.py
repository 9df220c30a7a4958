"""The contract of the OpenAI-compatible routes."""

from __future__ import annotations

import time

import httpx
import pytest

from service.running import EmbeddedService


def chat(http: httpx.Client, service: EmbeddedService, **body: object) -> httpx.Response:
    """Post a chat completion, by default of one user message."""
    messages = [{"role": "user", "content": "hello"}]
    return http.post(f"{service.agent_url}/v1/chat/completions", json={"model": "any", "messages": messages, **body})


def test_answer_is_an_openai_completion(service: EmbeddedService, http: httpx.Client) -> None:
    """The answer has OpenAI's fields, the conversation's id, the prompt within messages, and equal steps."""
    body = chat(http, service, metadata={"tools": []}).json()

    assert body["object"] == "chat.completion"
    assert body["id"] == body["conversation_id"]
    assert abs(body["created"] - time.time()) < 60
    assert body["model"] == "embedded-extractive"
    choice = body["choices"][0]
    assert (choice["index"], choice["finish_reason"], choice["message"]["role"]) == (0, "stop", "assistant")
    assert choice["message"]["metadata"] == body["metadata"]
    assert body["metadata"]["tools"] == []
    assert body["metadata"]["steps"] == body["steps"]
    assert {"role": "user", "content": "hello"} in body["messages"]
    assert body["usage"]["total_tokens"] > 0


@pytest.mark.parametrize("place", ["field", "metadata"])
def test_conversation_id_is_kept(service: EmbeddedService, http: httpx.Client, place: str) -> None:
    """An id that is given, as a field or within metadata, stays the conversation's id."""
    given = {"conversation_id": f"kept-{place}"}
    body = chat(http, service, **(given if place == "field" else {"metadata": given})).json()

    assert body["id"] == f"kept-{place}"


def test_ids_of_strangers_differ(service: EmbeddedService, http: httpx.Client) -> None:
    """Two conversations that open with the same sentence are two."""
    assert chat(http, service).json()["id"] != chat(http, service).json()["id"]


def test_prompt_is_the_last_user_message(service: EmbeddedService, http: httpx.Client) -> None:
    """All other messages are history."""
    messages = [
        {"role": "user", "content": "the port is 8443"},
        {"role": "assistant", "content": "fine"},
        {"role": "user", "content": "what is the port?"},
    ]
    body = chat(http, service, messages=messages).json()

    assert body["choices"][0]["message"]["content"] == "the port is 8443"


def test_text_parts_are_joined(service: EmbeddedService, http: httpx.Client) -> None:
    """Content in parts, as newer clients send it, is one text."""
    parts = [{"type": "text", "text": "amber "}, {"type": "text", "text": "light"}]
    body = chat(http, service, messages=[{"role": "user", "content": parts}]).json()

    assert body["messages"][0]["content"] == "amber light"


@pytest.mark.parametrize(
    ("messages", "line"),
    [
        ([], "messages list cannot be empty"),
        ([{"role": "system", "content": "be kind"}], "at least one user message is required"),
    ],
)
def test_requests_without_a_prompt_are_400(
    service: EmbeddedService, http: httpx.Client, messages: list[dict[str, str]], line: str
) -> None:
    """No message and no user message are the caller's errors, told in both shapes at once."""
    answer = chat(http, service, messages=messages)

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["detail"]) == (400, line)
    assert body["error"] == {
        "message": line,
        "type": "invalid_request_error",
        "param": "messages",
        "code": "invalid_request",
    }


def test_models_lists_the_model_in_use(service: EmbeddedService, http: httpx.Client) -> None:
    """The list of models names the one that answers."""
    body = http.get(f"{service.agent_url}/v1/models").json()

    assert body["object"] == "list"
    assert [m["id"] for m in body["data"]] == ["embedded-extractive"]
