"""The service inside another process: quick, quiet, and gone without a trace."""

from __future__ import annotations

import subprocess
import sys
import time
import tomllib
from pathlib import Path

import httpx

from service import __version__
from service.app import create_app
from service.settings import Settings

from .conftest import Run

ROOT = Path(__file__).parents[2]


def test_start_and_stop_leave_nothing_behind() -> None:
    """Threads, sockets, log handlers and signal handlers are as before; told by a process that does nothing else."""
    script = """
import gc, logging, os, signal, threading
import httpx
from service.running import EmbeddedService

def traces():
    gc.collect()
    open_ = [f"/proc/self/fd/{fd}" for fd in os.listdir("/proc/self/fd")]
    targets = [os.readlink(path) for path in open_ if os.path.exists(path)]
    return {
        "threads": sorted(thread.name for thread in threading.enumerate()),
        "sockets": sum(target.startswith("socket:") for target in targets),
        "signals": [signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)],
        "loggers": {name: list(logging.getLogger(name).handlers) for name in ("", "uvicorn", "uvicorn.error", "httpx")},
    }

EmbeddedService().start().stop()
before = traces()
with EmbeddedService() as service, httpx.Client(trust_env=False) as client:
    assert client.post(f"{service.agent_url}/v1/agent", json={"prompt": "x"}).status_code == 200
    assert traces()["sockets"] > before["sockets"]
assert traces() == before, (before, traces())
"""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr


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
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["version"] == __version__
