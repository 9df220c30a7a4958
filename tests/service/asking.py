"""Asking one service in all the ways in which it tells its state, and holding the answers against each other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from prometheus_client.parser import text_string_to_metric_families

from service.running import EmbeddedService

QUESTION: dict[str, Any] = {"messages": [{"role": "user", "content": "hi"}]}


@dataclass(frozen=True)
class Told:
    """What a service says of itself, and what it does."""

    summary: dict[str, Any]
    ready: httpx.Response
    chat: httpx.Response
    gauge: float

    @property
    def path(self) -> str:
        """Give the path of the summary."""
        return str(self.summary["llm"]["path"])

    @property
    def served_by(self) -> str | None:
        """Give who answered the chat."""
        return self.chat.json()["_served_by"] if self.chat.status_code == 200 else None


def ask(service: EmbeddedService) -> Told:
    """Ask for summary, readiness, a chat and the metrics; whatever the state, they must not contradict each other."""
    with httpx.Client(base_url=service.agent_url, timeout=15, trust_env=False) as http:
        answer, ready = http.get("/api/status/summary"), http.get("/ready")
        chat = http.post("/chat", json=QUESTION)
        told = Told(answer.json(), ready, chat, samples(service)["status_ready", (("service", "agent"),)])
    assert answer.status_code == 200
    assert told.summary["ok"] is told.summary["ready"] is ready.json()["ready"] is (told.gauge == 1)
    assert (ready.status_code == 200) == told.summary["ready"]
    assert told.summary["llm"] == ready.json()["llm"]
    assert (chat.status_code == 200) == told.summary["ready"], chat.text
    assert bool(told.summary["reasons"]) != told.summary["ready"]
    return told


def summary(service: EmbeddedService) -> dict[str, Any]:
    """Ask for the summary alone."""
    body: dict[str, Any] = httpx.get(f"{service.agent_url}/api/status/summary", timeout=15).json()
    return body


def samples(service: EmbeddedService) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Give the metrics by name and labels."""
    text = httpx.get(f"{service.agent_url}/metrics", timeout=15).text
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def calls(service: EmbeddedService) -> dict[tuple[str, str], float]:
    """Give the counted calls of language models by provider and status."""
    return {
        (dict(labels)["provider"], dict(labels)["status"]): value
        for (name, labels), value in samples(service).items()
        if name == "llm_requests_total"
    }


def wait_for(holds: Callable[[], bool], within_s: float = 5.0) -> bool:
    """Wait until something holds, asking nobody for it."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
