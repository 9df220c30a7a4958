"""Streams: in time, well formed, alive, and released."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest

from service.chat import Completion, Delta, Message, Models, Usage
from service.errors import UpstreamError
from service.running import EmbeddedService

from .conftest import Run

_BODY: dict[str, Any] = {
    "stream": True,
    "messages": [{"role": "user", "content": "one two three four five six seven eight"}],
}


class SlowProvider:
    """Says a few words with long pauses, or fails where a test wants it to."""

    name = "slow"
    model = "slow-1"

    def __init__(self, *, pause_s: float = 0.0, fail_at: int | None = None) -> None:
        self.pause_s = pause_s
        self.fail_at = fail_at
        self.closed = asyncio.Event()
        self.kept_going = 0

    async def complete(self, messages: list[Message], *, max_tokens: int | None = None) -> Completion:
        """Answer after the pause."""
        del messages, max_tokens
        await asyncio.sleep(self.pause_s)
        return Completion("done", self.model, "stop", Usage(1, 1))

    async def stream(
        self, messages: list[Message], *, max_tokens: int | None = None
    ) -> AsyncGenerator[Delta | Completion]:
        """Give five words."""
        del messages, max_tokens
        try:
            for index in range(5):
                if index == self.fail_at:
                    raise UpstreamError("the language model failed")
                await asyncio.sleep(self.pause_s)
                self.kept_going += 1
                yield Delta(f"w{index} ")
            yield Completion("w0 w1 w2 w3 w4 ", self.model, "stop", Usage(1, 5))
        finally:
            self.closed.set()

    async def models(self) -> Models:
        """Be there."""
        return Models((self.model,), present=True)


def events(raw: str) -> list[str]:
    """Give the data of all events; everything must be closed by a blank line."""
    assert raw.endswith("\n\n")
    return [block[6:] for block in raw.split("\n\n") if block.startswith("data: ")]


def test_stream_arrives_spread_over_time(service: EmbeddedService, http: httpx.Client) -> None:
    """Words come one by one: the arrivals are spread, no burst at the end."""
    with http.stream("POST", f"{service.agent_url}/v1/chat/completions", json=_BODY) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-accel-buffering"] == "no"
        arrivals = [time.monotonic() for _ in answer.iter_raw()]

    assert len(arrivals) >= 6
    assert arrivals[-1] - arrivals[0] > 0.03


def test_stream_is_well_formed(service: EmbeddedService, http: httpx.Client) -> None:
    """First the role, then text, then the reason with steps and id, then usage when wanted, then [DONE]."""
    body = {**_BODY, "conversation_id": "stream-1", "stream_options": {"include_usage": True}}
    data = events(http.post(f"{service.agent_url}/v1/chat/completions", json=body).text)

    assert data[-1] == "[DONE]"
    chunks = [json.loads(item) for item in data[:-1]]
    assert {c["object"] for c in chunks} == {"chat.completion.chunk"}
    assert {c["id"] for c in chunks} == {"stream-1"}
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    text = "".join(c["choices"][0]["delta"].get("content", "") for c in chunks if c["choices"])
    assert text == "Noted: one two three four five six seven eight"
    last, usage = chunks[-2], chunks[-1]
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["conversation_id"] == "stream-1"
    assert [s["type"] for s in last["steps"]] == ["memory_retrieval", "completion"]
    assert last["metadata"]["steps"] == last["steps"]
    assert usage["choices"] == []
    assert usage["usage"]["total_tokens"] > 0


def test_streamed_exchange_is_kept(service: EmbeddedService, http: httpx.Client) -> None:
    """What was streamed is in the history once [DONE] has come."""
    url = f"{service.agent_url}/v1/chat/completions"
    http.post(url, json={**_BODY, "conversation_id": "stream-kept"})
    body = http.post(url, json={**_BODY, "stream": False, "conversation_id": "stream-kept"}).json()

    assert [m["role"] for m in body["messages"]][:2] == ["user", "assistant"]
    assert len(body["messages"]) == 5


def test_failure_before_the_first_word_is_an_http_error(run: Run, http: httpx.Client) -> None:
    """A stream that fails before it has begun is answered as any other failure."""
    service = run(provider_object=SlowProvider(fail_at=0))
    answer = http.post(f"{service.agent_url}/v1/chat/completions", json=_BODY)

    assert answer.status_code == 502
    assert answer.json()["error"]["code"] == "llm_failed"


def test_failure_in_the_middle_is_an_error_event_without_done(run: Run, http: httpx.Client) -> None:
    """A stream that fails in the middle says so, has no [DONE], and nothing of it is kept."""
    service = run(provider_object=SlowProvider(fail_at=2))
    body = {**_BODY, "conversation_id": "broken"}
    raw = http.post(f"{service.agent_url}/v1/chat/completions", json=body).text

    assert "[DONE]" not in raw
    error = raw.split("event: error\ndata: ")[1]
    assert json.loads(error)["error"]["code"] == "llm_failed"
    after = http.post(f"{service.agent_url}/v1/agent", json={"prompt": "again", "conversation_id": "broken"}).json()
    assert len(after["messages"]) == 2


def test_quiet_stream_is_kept_alive_without_losing_a_word(run: Run, http: httpx.Client) -> None:
    """Comments come while the model thinks, and every word still comes after them."""
    service = run(provider_object=SlowProvider(pause_s=0.15), keepalive_s=0.05)
    raw = http.post(f"{service.agent_url}/v1/chat/completions", json=_BODY).text

    assert raw.count(": keepalive\n\n") >= 4
    assert "".join(json.loads(d)["choices"][0]["delta"].get("content", "") for d in events(raw)[:-1]) == (
        "w0 w1 w2 w3 w4 "
    )


@pytest.mark.parametrize("chunks_read", [1, 3])
def test_a_client_that_leaves_releases_the_model(run: Run, http: httpx.Client, chunks_read: int) -> None:
    """When the reader hangs up, the provider's stream is closed within moments and not read to its end."""
    provider = SlowProvider(pause_s=0.1)
    service = run(provider_object=provider)
    with http.stream("POST", f"{service.agent_url}/v1/chat/completions", json=_BODY) as answer:
        chunks = answer.iter_raw()
        for _ in range(chunks_read):
            next(chunks)
    deadline = time.monotonic() + 2
    while not provider.closed.is_set() and time.monotonic() < deadline:
        time.sleep(0.01)

    assert provider.closed.is_set()
    assert provider.kept_going < 5


def test_a_client_that_leaves_before_the_answer_is_forgotten(run: Run, http: httpx.Client) -> None:
    """An answer that nobody waits for is not kept."""
    service = run(provider_object=SlowProvider(pause_s=0.5))
    body = {"prompt": "left", "conversation_id": "left"}
    with pytest.raises(httpx.ReadTimeout):
        http.post(f"{service.agent_url}/v1/agent", json=body, timeout=0.2)
    time.sleep(0.6)
    after = http.post(f"{service.agent_url}/v1/agent", json={**body, "prompt": "back"}).json()

    assert len(after["messages"]) == 2
