"""The language model server is a real Ollama: its own API and the OpenAI one, streams, embeddings, errors."""

import json
from typing import Any

import httpx
import pytest

from tests.parts.ollama import Ollama
from tests.parts.process import accepts, group_members

CHAT = {
    "model": "tiny",
    "messages": [{"role": "user", "content": "hello"}],
    "max_tokens": 8,
    "temperature": 0,
}


@pytest.fixture
def client(ollama_tiny: Ollama) -> httpx.Client:
    """A client of the session's Ollama."""
    return httpx.Client(base_url=ollama_tiny.url, trust_env=False, timeout=60)


def test_tells_version_and_models(client: httpx.Client) -> None:
    """It tells a real version number and lists the model it was given."""
    with client:
        version = client.get("/api/version").json()["version"]
        names = [model["name"] for model in client.get("/api/tags").json()["models"]]

    assert version.count(".") == 2
    assert names == ["tiny:latest"]


def test_completes_a_chat(client: httpx.Client) -> None:
    """The OpenAI-compatible route answers within the token limit and counts what it used."""
    with client:
        answer = client.post("/v1/chat/completions", json=CHAT).json()
        loaded = [model["name"] for model in client.get("/api/ps").json()["models"]]

    assert answer["choices"][0]["message"]["role"] == "assistant"
    assert 1 <= answer["usage"]["completion_tokens"] <= 8
    assert loaded == ["tiny:latest"]


def test_streams_a_chat(client: httpx.Client) -> None:
    """A stream is server-sent events: chunks with text, a finish reason, then [DONE]."""
    with client, client.stream("POST", "/v1/chat/completions", json={**CHAT, "stream": True}) as response:
        lines = [line.removeprefix("data: ") for line in response.iter_lines() if line]

    chunks: list[dict[str, Any]] = [json.loads(line) for line in lines[:-1]]
    assert response.headers["content-type"].startswith("text/event-stream")
    assert lines[-1] == "[DONE]"
    assert chunks[-1]["choices"][0]["finish_reason"] in {"stop", "length"}


def test_embeds(client: httpx.Client) -> None:
    """Embeddings have the model's width and are the same for the same text."""
    with client:
        answer = client.post("/api/embed", json={"model": "tiny", "input": ["one", "one", "two"]}).json()

    first, again, other = answer["embeddings"]
    assert len(first) == 64
    assert first == pytest.approx(again)
    assert first != pytest.approx(other)


def test_refuses_an_unknown_model(client: httpx.Client) -> None:
    """An unknown model is a 404 whose message names it."""
    with client:
        response = client.post("/v1/chat/completions", json={**CHAT, "model": "nope"})

    assert response.status_code == 404
    assert "nope" in response.json()["error"]["message"]


def test_stops_with_its_runners(tmp_path_factory: pytest.TempPathFactory) -> None:
    """After stop nothing answers, and the runner of a loaded model has ended with its server."""
    with Ollama(tmp_path_factory.mktemp("ollama")) as server:
        server.create_tiny("other")
        httpx.post(f"{server.url}/v1/chat/completions", json={**CHAT, "model": "other"}, timeout=60)
        port = int(server.url.rpartition(":")[2])
        group = server.process.pid

    assert not accepts(port)
    assert not server.process.running
    assert not group_members(group)
