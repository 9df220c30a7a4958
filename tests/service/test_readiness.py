"""Readiness: each dependency really probed, within bounds, one state for all, back without a restart."""

from __future__ import annotations

import json
import shutil
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.errors import MemoryUnavailable
from service.providers.openai_compatible import tagged
from service.running import EmbeddedService

from .conftest import Run
from .standin import StandInModelHost


def with_ollama(run: Run, host: StandInModelHost, **values: Any) -> EmbeddedService:  # noqa: ANN401 - settings of any type
    """Run the service against the stand-in."""
    values = {"primary_poll_interval_s": 0.2, **values}
    return run(provider="ollama", llm_base_url=host.url, llm_model="tiny", **values)


def until(http: httpx.Client, service: EmbeddedService, holds: Callable[[httpx.Response], bool]) -> httpx.Response:
    """Ask for readiness until something holds, for a few seconds at most."""
    deadline = time.monotonic() + 5
    while True:
        answer = http.get(f"{service.agent_url}/ready")
        if holds(answer) or time.monotonic() > deadline:
            return answer
        time.sleep(0.1)


@pytest.mark.parametrize("path", ["/ready", "/api/ready"])
def test_ready_is_a_health_document(service: EmbeddedService, http: httpx.Client, path: str) -> None:
    """All well is 200 `pass` with a check for each dependency and no output."""
    answer = http.get(service.agent_url + path)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/health+json"
    body = answer.json()
    assert (body["status"], body["ready"]) == ("pass", True)
    assert set(body["checks"]) == {"sqlite", "vectors", "llm", "webfetch"}
    for checks in body["checks"].values():
        assert checks[0]["status"] == "pass"
        assert checks[0]["observedUnit"] == "ms"
        assert "output" not in checks[0]
    assert body["llm"]["path"] == "primary"
    assert body["llm"]["budget_s"] == 600


@pytest.mark.parametrize("path", ["/healthz", "/health"])
def test_liveness_names_the_build(service: EmbeddedService, http: httpx.Client, path: str) -> None:
    """Liveness answers 200 with version and build, to GET and to HEAD."""
    body = http.get(service.agent_url + path).json()

    assert body["status"] == {"/healthz": "ok", "/health": "pass"}[path]
    assert body["version"]
    assert set(body["build"]) == {"sha", "time"}
    assert http.head(service.agent_url + path).status_code == 200


def test_a_model_host_that_is_down_is_named(run: Run, http: httpx.Client) -> None:
    """Nothing listening: 503 `fail`, the path is down, Retry-After is given and no address is told."""
    service = run(provider="ollama", llm_base_url="http://127.0.0.1:9", llm_model="tiny")
    answer = http.get(f"{service.agent_url}/ready")

    assert answer.status_code == 503
    assert int(answer.headers["retry-after"]) >= 1
    body = answer.json()
    assert (body["status"], body["ready"], body["llm"]["path"]) == ("fail", False, "down")
    assert body["checks"]["llm"][0]["status"] == "fail"
    assert body["checks"]["sqlite"][0]["status"] == "pass"
    assert "127.0.0.1" not in body["checks"]["llm"][0]["output"]
    assert http.get(f"{service.agent_url}/healthz").status_code == 200


def test_a_model_host_that_hangs_is_named_in_time(run: Run, host: StandInModelHost, http: httpx.Client) -> None:
    """A hung host costs no more than the limit, is named as timed out, and liveness stays fast meanwhile."""
    host.script.hang = True
    service = with_ollama(run, host, dependency_timeout_s=0.5, ready_budget_s=1.0)
    started = time.monotonic()
    body = http.get(f"{service.agent_url}/ready").json()

    assert time.monotonic() - started < 3
    assert body["checks"]["llm"][0]["output"] == "timed out after 0.5 s"
    assert body["llm"]["path"] == "down"
    started = time.monotonic()
    assert http.get(f"{service.agent_url}/healthz").status_code == 200
    assert time.monotonic() - started < 1


def test_a_missing_model_is_warming_until_it_arrives(run: Run, host: StandInModelHost, http: httpx.Client) -> None:
    """Reachable without the model: `warming` since a fixed moment; when the model comes: primary, no restart."""
    host.script.models = ["tiny-2:latest", "tiny:8b"]
    service = with_ollama(run, host, warming_budget_s=30)
    first = http.get(f"{service.agent_url}/ready")
    time.sleep(1.1)
    second = http.get(f"{service.agent_url}/ready")

    assert (first.status_code, second.status_code) == (503, 503)
    assert "retry-after" in first.headers
    assert first.json()["llm"] == second.json()["llm"]
    assert (first.json()["llm"]["path"], first.json()["llm"]["budget_s"]) == ("warming", 30)
    assert first.json()["checks"]["llm"][0]["status"] == "warn"
    assert first.json()["status"] == "fail"

    host.script.models.append("tiny:latest")
    after = until(http, service, lambda answer: answer.status_code == 200).json()

    assert after["llm"]["path"] == "primary"
    assert after["llm"]["since"] > first.json()["llm"]["since"]


def test_openai_hosts_are_asked_for_their_models_with_the_key(
    run: Run, host: StandInModelHost, http: httpx.Client, tmp_path: Path
) -> None:
    """The key comes from its file, goes to the host, and is told to nobody else."""
    key = tmp_path / "key"
    key.write_text("sk-very-secret\n", encoding="utf-8")
    service = run(provider="openai", llm_base_url=host.url, llm_model="tiny:latest", llm_api_key_file=key)
    assert http.get(f"{service.agent_url}/ready").status_code == 200
    assert host.asked[0][0] == "/models"
    assert set(host.authorizations) == {"Bearer sk-very-secret"}

    host.script.status = 401
    refused = until(http, service, lambda answer: answer.status_code == 503)

    assert refused.json()["checks"]["llm"][0]["output"] == "the language model's side refused the service's key"
    assert "sk-very-secret" not in refused.text


def test_a_missing_page_fetcher_only_warns(run: Run, http: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the page fetcher tools degrade, the main path works: 200 `warn`."""
    monkeypatch.setattr("service.running.create_webfetch_app", _hollow)
    body = http.get(f"{run().agent_url}/ready")

    assert body.status_code == 200
    assert (body.json()["status"], body.json()["ready"]) == ("warn", True)
    assert body.json()["checks"]["webfetch"][0]["status"] == "warn"


async def _hollow_app(scope: dict[str, Any], receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": message["type"] + ".complete"})
            if message["type"] == "lifespan.shutdown":
                return
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def _hollow(*_args: object, **_named: object) -> Any:  # noqa: ANN401 - stands in for an application
    return _hollow_app


def test_a_crowd_costs_no_more_than_one(run: Run, host: StandInModelHost, http: httpx.Client) -> None:
    """Forty callers at once cause one round of probes."""
    service = with_ollama(run, host, primary_poll_interval_s=30)
    http.get(f"{service.agent_url}/ready")
    time.sleep(1.1)
    before = len(host.asked)
    with ThreadPoolExecutor(40) as crowd:
        codes = list(crowd.map(lambda _: http.get(f"{service.agent_url}/ready").status_code, range(40)))

    assert set(codes) == {200}
    assert 1 <= len(host.asked) - before <= 2


@pytest.mark.parametrize("engine", ["qdrant-edge", "sqlite"])
def test_a_vector_store_broken_at_start_comes_back(run: Run, http: httpx.Client, tmp_path: Path, engine: str) -> None:
    """A blocked place: chat works without memory, readiness names it; freed: both recover without a restart."""
    place = tmp_path / "state" / {"qdrant-edge": "vectors", "sqlite": "vectors.sqlite"}[engine]
    place.parent.mkdir()
    if engine == "sqlite":
        place.mkdir()
    else:
        place.write_text("in the way", encoding="utf-8")
    service = run(vector_engine=engine)
    broken = http.get(f"{service.agent_url}/ready")
    chat = http.post(f"{service.agent_url}/v1/agent", json={"prompt": "hi", "conversation_id": "v"})

    assert broken.status_code == 503
    assert broken.json()["checks"]["vectors"][0]["output"] == "the vector store cannot be used"
    assert chat.status_code == 200
    assert chat.json()["steps"][0]["status"] == "unavailable"

    shutil.rmtree(place) if place.is_dir() else place.unlink()
    assert until(http, service, lambda answer: answer.status_code == 200).status_code == 200
    http.post(f"{service.agent_url}/v1/agent", json={"prompt": "remember", "conversation_id": "v"})
    again = http.post(f"{service.agent_url}/v1/agent", json={"prompt": "remember", "conversation_id": "v"}).json()

    assert again["steps"][0] == {"type": "memory_retrieval", "source": engine, "count": 1, "status": "ok"}


class HungVectors:
    """A vector memory that never answers until it is let go."""

    source = "hung"

    async def search(self, conversation_id: str, text: str, limit: int) -> list[str]:
        """Hang."""
        del conversation_id, text, limit
        return await _never()

    async def add(self, point_id: str, conversation_id: str, text: str) -> None:
        """Hang."""
        del point_id, conversation_id, text
        await _never()

    async def probe(self) -> None:
        """Hang."""
        await _never()

    async def close(self) -> None:
        """Have nothing to close."""


async def _never() -> list[str]:
    import asyncio  # noqa: PLC0415 - only here

    await asyncio.sleep(60)
    raise MemoryUnavailable("never")


def test_a_hung_vector_store_delays_a_chat_by_its_limit_only(run: Run, http: httpx.Client) -> None:
    """Memory that hangs is given up: the answer comes, the step says `unavailable`."""
    service = run(vectors=HungVectors(), dependency_timeout_s=0.2)
    started = time.monotonic()
    body = http.post(f"{service.agent_url}/v1/agent", json={"prompt": "hi"}).json()

    assert body["steps"][0]["status"] == "unavailable"
    assert time.monotonic() - started < 1.5


def test_a_locked_state_is_told_and_harms_nothing_else(run: Run, http: httpx.Client, tmp_path: Path) -> None:
    """While somebody holds the write lock readiness names it, answers are 503, liveness is fast, nothing is kept."""
    service = run(busy_timeout_s=0.6)
    url = f"{service.agent_url}/v1/agent"
    http.post(url, json={"prompt": "before", "conversation_id": "lock"})
    database = sqlite3.connect(tmp_path / "state" / "agent_state.sqlite", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    with ThreadPoolExecutor(1) as other:
        refused = other.submit(http.post, url, json={"prompt": "during", "conversation_id": "lock"})
        slowest = 0.0
        while not refused.done():
            started = time.monotonic()
            assert http.get(f"{service.agent_url}/healthz").status_code == 200
            slowest = max(slowest, time.monotonic() - started)
        answer = refused.result()
        ready = until(http, service, lambda found: "locked" in found.text)
    database.execute("ROLLBACK")
    database.close()

    assert slowest < 1.0
    assert answer.status_code == 503
    assert answer.json()["code"] == "state_unavailable"
    assert "retry-after" in answer.headers
    assert ready.json()["checks"]["sqlite"][0]["output"] == "the conversation store is locked by another writer"
    after = http.post(url, json={"prompt": "after", "conversation_id": "lock"}).json()
    assert "during" not in json.dumps(after)
    assert until(http, service, lambda found: found.status_code == 200).status_code == 200


@pytest.mark.parametrize(
    ("name", "full"), [("llama3", "llama3:latest"), ("llama3:8b", "llama3:8b"), ("reg:5000/m", "reg:5000/m:latest")]
)
def test_a_bare_model_name_means_latest(name: str, full: str) -> None:
    """Names are compared whole, with their tag."""
    assert tagged(name) == full


def test_the_first_scrape_tells_the_present_state() -> None:
    """A scraper that comes before the first poll has ended is not told that the service is down."""
    for _ in range(3):
        with EmbeddedService() as service:
            text = httpx.get(f"{service.agent_url}/metrics").text

        assert 'status_ready{service="agent"} 1.0' in text
