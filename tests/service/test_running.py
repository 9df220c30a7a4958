"""The service inside another process: quick, quiet, and gone without a trace."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import threading
import time
import tomllib
from pathlib import Path

import httpx
import pytest

from service import __version__
from service.app import create_app
from service.running import EmbeddedService
from service.settings import Settings

from .conftest import Run


def test_start_and_stop_leave_nothing_behind(http: httpx.Client) -> None:
    """Threads, sockets, log handlers and signal handlers are as before, and nothing warns of a resource."""
    EmbeddedService().start().stop()
    threads = set(threading.enumerate())
    handlers = [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)]
    loggers = {name: list(logging.getLogger(name).handlers) for name in ("", "uvicorn", "uvicorn.error", "httpx")}
    started = time.monotonic()
    with EmbeddedService() as service:
        took = time.monotonic() - started
        assert http.post(f"{service.agent_url}/v1/agent", json={"prompt": "x"}).status_code == 200
        port = int(service.agent_url.rsplit(":", 1)[1])
    gc.collect()

    assert took < 5
    assert {thread for thread in threading.enumerate() if thread.is_alive()} <= threads
    assert [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)] == handlers
    assert {name: list(logging.getLogger(name).handlers) for name in loggers} == loggers
    with pytest.raises(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
        pass


def test_stop_is_harmless_twice_and_start_works_again(run: Run, http: httpx.Client) -> None:
    """A stopped service can be started once more, and keeps its conversations."""
    service = run()
    http.post(f"{service.agent_url}/v1/agent", json={"prompt": "one", "conversation_id": "c"})
    service.stop()
    service.stop()
    service.start()
    body = http.post(f"{service.agent_url}/v1/agent", json={"prompt": "two", "conversation_id": "c"}).json()

    assert "one" in [m["content"] for m in body["messages"]]


def test_stop_does_not_wait_for_an_idle_client(run: Run) -> None:
    """A client that keeps its connection open does not hold the end up."""
    service = run()
    with httpx.Client(trust_env=False) as client:
        client.get(f"{service.agent_url}/healthz")
        started = time.monotonic()
        service.stop()

    assert time.monotonic() - started < 1.5


def test_making_an_application_touches_nothing(tmp_path: Path) -> None:
    """Neither files nor network are used before the application starts."""
    create_app(Settings(state_dir=tmp_path / "state"))

    assert list(tmp_path.iterdir()) == []


def test_the_version_is_the_packages() -> None:
    """What the service says it is, is what is released."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["version"] == __version__
