"""Language models over HTTP: what comes back, and what each failure becomes."""

from __future__ import annotations

import json
import time
from typing import Any

import httpx
import pytest

from service.running import EmbeddedService

from .conftest import Run
from .standin import StandInModelHost

_CHAT: dict[str, Any] = {"messages": [{"role": "user", "content": "hi"}], "max_tokens": 7}


@pytest.fixture(params=["ollama", "openai"])
def answering(request: pytest.FixtureRequest, run: Run, host: StandInModelHost) -> EmbeddedService:
    """Give the service with a provider of each kind over the stand-in, which it has found to be well."""
    service = run(provider=request.param, llm_base_url=host.url, llm_model="tiny:latest", llm_timeout_s=0.5)
    assert httpx.get(f"{service.agent_url}/ready").json()["llm"]["path"] == "primary"
    return service


def chat(http: httpx.Client, service: EmbeddedService, **body: object) -> httpx.Response:
    """Post a chat completion."""
    return http.post(f"{service.agent_url}/v1/chat/completions", json={**_CHAT, **body})


def test_answer_usage_and_model_are_the_hosts(
    answering: EmbeddedService, host: StandInModelHost, http: httpx.Client
) -> None:
    """Text, model and token counts are what the host said, and max_tokens reached it."""
    body = chat(http, answering).json()

    assert body["choices"][0]["message"]["content"] == "The stand-in speaks."
    assert body["model"] == "tiny:latest"
    assert body["usage"] == {"prompt_tokens": 11, "completion_tokens": 3, "total_tokens": 14}
    sent = next(asked for path, asked in host.asked if path.endswith("/chat/completions"))
    assert sent["max_tokens"] == 7
    assert sent["messages"] == [{"role": "user", "content": "hi"}]


def test_usage_is_estimated_where_the_host_is_silent(
    answering: EmbeddedService, host: StandInModelHost, http: httpx.Client
) -> None:
    """Without the host's count a quarter of the bytes is counted."""
    host.script.with_usage = False

    assert chat(http, answering).json()["usage"] == {"prompt_tokens": 1, "completion_tokens": 5, "total_tokens": 6}


def test_stream_passes_the_hosts_words_on(
    answering: EmbeddedService, host: StandInModelHost, http: httpx.Client
) -> None:
    """A streamed answer is the host's, usage included."""
    raw = chat(http, answering, stream=True, stream_options={"include_usage": True}).text
    data = [json.loads(block[6:]) for block in raw.split("\n\n") if block.startswith("data: {")]

    assert "".join(c["choices"][0]["delta"].get("content", "") for c in data if c["choices"]) == "The stand-in speaks."
    assert data[-1]["usage"]["total_tokens"] == 14
    assert raw.endswith("data: [DONE]\n\n")


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("upstream", "status", "code"),
    [
        (400, 502, "llm_failed"),
        (401, 502, "llm_unauthorized"),
        (403, 502, "llm_unauthorized"),
        (404, 503, "model_missing"),
        (429, 503, "llm_busy"),
        (500, 502, "llm_failed"),
        (504, 504, "llm_timeout"),
    ],
)
def test_each_refusal_of_the_host_has_its_own_answer(  # noqa: PLR0917 - a table's columns and fixtures
    answering: EmbeddedService,
    host: StandInModelHost,
    http: httpx.Client,
    upstream: int,
    status: int,
    code: str,
    *,
    stream: bool,
) -> None:
    """The status tells whose fault it is, the code tells which; asked once, never retried."""
    host.script.status = upstream
    answer = chat(http, answering, stream=stream)

    assert answer.status_code == status
    assert answer.json()["code"] == answer.json()["error"]["code"] == code
    assert ("retry-after" in answer.headers) == (status == 503)
    assert len([path for path, _ in host.asked if path.endswith("/chat/completions")]) == 1
    assert "as the script says" not in answer.text


@pytest.mark.parametrize("stream", [False, True])
def test_a_host_that_is_gone_is_503(run: Run, http: httpx.Client, *, stream: bool) -> None:
    """Refused connections are told apart from slow answers."""
    service = run(provider="openai", llm_base_url="http://127.0.0.1:9/v1", llm_model="tiny")
    answer = chat(http, service, stream=stream)

    assert answer.status_code == 503
    assert answer.json()["code"] == "llm_unreachable"
    assert "retry-after" in answer.headers


@pytest.mark.parametrize("stream", [False, True])
def test_a_host_that_hangs_is_504(
    answering: EmbeddedService, host: StandInModelHost, http: httpx.Client, *, stream: bool
) -> None:
    """An answer that does not come in time is a timeout, at the time that was set."""
    host.script.hang = True
    started = time.monotonic()
    answer = chat(http, answering, stream=stream)

    assert answer.status_code == 504
    assert answer.json()["code"] == "llm_timeout"
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "raw", [b"<html>", b'{"choices": []}', b'{"choices": [{"message": {"content": null}}]}', b"[]"]
)
def test_an_answer_that_is_none_is_502(
    answering: EmbeddedService, host: StandInModelHost, http: httpx.Client, raw: bytes
) -> None:
    """Whatever the host says that is no completion is told as such."""
    host.script.raw = raw
    answer = chat(http, answering)

    assert answer.status_code == 502
    assert answer.json()["code"] == "llm_invalid_answer"


@pytest.mark.parametrize(
    ("field", "code"), [("break_after", "llm_invalid_answer"), ("stream_error_after", "llm_failed")]
)
def test_a_stream_that_breaks_is_not_an_answer(
    answering: EmbeddedService, host: StandInModelHost, http: httpx.Client, field: str, code: str
) -> None:
    """A host's stream that ends early or carries an error ends ours without [DONE]."""
    setattr(host.script, field, 2)
    raw = chat(http, answering, stream=True).text

    assert "[DONE]" not in raw
    assert json.loads(raw.split("event: error\ndata: ")[1])["error"]["code"] == code
    assert "secret-upstream-text" not in raw


def test_hanging_up_releases_the_hosts_stream(
    answering: EmbeddedService, host: StandInModelHost, http: httpx.Client
) -> None:
    """When our reader leaves, the host's connection is closed."""
    host.script.chunk_pause_s = 0.02
    with http.stream("POST", f"{answering.agent_url}/v1/chat/completions", json={**_CHAT, "stream": True}) as answer:
        next(answer.iter_raw())

    assert host.streams_broken_off.wait(3)
