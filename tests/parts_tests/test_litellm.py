"""The gateway is a real LiteLLM in front of a real Ollama: it answers, asks for its key, and tells of dead models."""

from pathlib import Path

import httpx
import pytest

from tests.parts.litellm import LiteLLM, ModelRoute
from tests.parts.ollama import Ollama
from tests.parts.process import accepts, free_port

ASKED = {"messages": [{"role": "user", "content": "hello"}], "max_tokens": 8}


def client_of(server: LiteLLM, key: str | None = None) -> httpx.Client:
    """Return a client with the master key, another key, or with an empty one none."""
    used = server.master_key if key is None else key
    headers = {"Authorization": f"Bearer {used}"} if used else {}
    return httpx.Client(base_url=server.url, headers=headers, trust_env=False, timeout=60)


def test_answers_a_chat(litellm_tiny: LiteLLM) -> None:
    """A completion comes from the model behind it, and is counted."""
    with client_of(litellm_tiny) as client:
        answer = client.post("/v1/chat/completions", json={"model": "tiny", **ASKED}).json()
        models = [model["id"] for model in client.get("/v1/models").json()["data"]]

    assert answer["choices"][0]["message"]["role"] == "assistant"
    assert 1 <= answer["usage"]["completion_tokens"] <= 8
    assert models == ["tiny", "dead"]


def test_streams_a_chat(litellm_tiny: LiteLLM) -> None:
    """A stream is server-sent events that end with [DONE]."""
    with (
        client_of(litellm_tiny) as client,
        client.stream("POST", "/v1/chat/completions", json={"model": "tiny", "stream": True, **ASKED}) as response,
    ):
        lines = [line for line in response.iter_lines() if line]

    assert response.headers["content-type"].startswith("text/event-stream")
    assert lines[-1] == "data: [DONE]"


def test_asks_for_its_key(litellm_tiny: LiteLLM) -> None:
    """Without a key it is 401, and liveness is told to anybody."""
    with client_of(litellm_tiny, key="") as client:
        refused = client.post("/v1/chat/completions", json={"model": "tiny", **ASKED})
        alive = client.get("/health/liveliness")

    assert refused.status_code == 401
    assert alive.status_code == 200


def test_a_wrong_key_without_a_database_is_400(litellm_tiny: LiteLLM) -> None:
    """It wants to look keys up and has nowhere to; this version says 400 to that, and not 401."""
    with client_of(litellm_tiny, key="sk-wrong") as client:
        refused = client.post("/v1/chat/completions", json={"model": "tiny", **ASKED})

    assert refused.status_code == 400
    assert "No connected db" in refused.text


@pytest.mark.parametrize(("model", "status"), [("nope", 400), ("dead", 500)])
def test_tells_of_models_that_are_not_there(litellm_tiny: LiteLLM, model: str, status: int) -> None:
    """A model nobody offers is the caller's mistake, one whose server is gone is not."""
    with client_of(litellm_tiny) as client:
        response = client.post("/v1/chat/completions", json={"model": model, **ASKED})

    assert response.status_code == status


def test_counts_in_metrics(litellm_tiny: LiteLLM) -> None:
    """What it did is told in Prometheus's text."""
    with client_of(litellm_tiny) as client:
        client.post("/v1/chat/completions", json={"model": "tiny", **ASKED})
        told = client.get("/metrics/", follow_redirects=True)

    assert told.status_code == 200
    assert "litellm_" in told.text


def test_another_one_without_a_key(ollama_tiny: Ollama, tmp_path: Path) -> None:
    """A second proxy offers the model by another name to anybody, and leaves no listener."""
    routes = [
        ModelRoute("small", f"{ollama_tiny.url}/v1", "tiny"),
        ModelRoute("dead", f"http://127.0.0.1:{free_port()}"),
    ]
    with LiteLLM(tmp_path, routes, master_key="") as server:
        port = int(server.url.rpartition(":")[2])
        with client_of(server) as client:
            answer = client.post("/v1/chat/completions", json={"model": "small", **ASKED})

    assert answer.status_code == 200
    assert not accepts(port)
    assert not server.process.running
