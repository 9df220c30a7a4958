"""`POST /chat`: the completion as a page wants it."""

from __future__ import annotations

import httpx
import pytest

from service.running import EmbeddedService

from .asking import QUESTION


def chat(http: httpx.Client, service: EmbeddedService, conversation: str, text: str) -> dict[str, object]:
    """Say something in a conversation."""
    body = {"messages": [{"role": "user", "content": text}], "conversation_id": conversation}
    answer: dict[str, object] = http.post(f"{service.agent_url}/chat", json=body).json()
    return answer


def test_it_is_a_completion_and_more(service: EmbeddedService, http: httpx.Client) -> None:
    """All of the completion, with its text, who gave it, and what it rests on."""
    body = http.post(f"{service.agent_url}/chat", json=QUESTION).json()

    assert body["object"] == "chat.completion"
    assert body["choices"][0]["message"]["content"] == body["content"] == "Noted: hi"
    assert (body["_served_by"], body["grounded"], body["sources"]) == ("primary", False, [])


def test_an_answer_is_grounded_in_what_it_repeats(service: EmbeddedService, http: httpx.Client) -> None:
    """An answer from memory names the memory; one that owes it nothing does not, though it was found."""
    chat(http, service, "grounded", "The gateway listens on port 8443.")
    answer = chat(http, service, "grounded", "On which port does the gateway listen?")
    other = chat(http, service, "grounded", "Good morning")

    assert answer["content"] == "The gateway listens on port 8443."
    assert (answer["grounded"], other["grounded"], other["sources"]) == (True, False, [])
    sources = answer["sources"]
    assert isinstance(sources, list)
    assert [(source["title"], source["path"]) for source in sources] == [
        ("The gateway listens on port 8443.", "memory")
    ]


def test_it_streams_like_the_other(service: EmbeddedService, http: httpx.Client) -> None:
    """Wanted as a stream it is the same events, the last of which says who answered."""
    raw = http.post(f"{service.agent_url}/chat", json={**QUESTION, "stream": True}).text

    assert raw.endswith("data: [DONE]\n\n")
    assert '"_served_by":"primary"' in raw


@pytest.mark.parametrize(
    ("body", "status"), [({"messages": []}, 400), ({}, 422), ({"messages": [{"role": "cat", "content": "x"}]}, 422)]
)
def test_a_bad_request_is_a_problem(
    service: EmbeddedService, http: httpx.Client, body: dict[str, object], status: int
) -> None:
    """What cannot be answered is refused as elsewhere."""
    answer = http.post(f"{service.agent_url}/chat", json=body)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
