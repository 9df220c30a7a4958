"""A child process is ready when started, gone when stopped, and tells why when it fails."""

import signal
import sys
import time
from pathlib import Path

import pytest

from tests.parts.process import ProcessFailedError, RunningProcess, accepts, answers, free_port

SERVE = (
    "import http.server as web\n"
    "web.ThreadingHTTPServer(('127.0.0.1', {port}), web.SimpleHTTPRequestHandler).serve_forever()"
)


def python(code: str, log: Path, ready: str, *, deadline: float = 15, grace: float = 5) -> RunningProcess:
    """Return a child that runs `code` and is ready once the file or URL `ready` is there."""
    by_file = Path(ready)
    return RunningProcess(
        [sys.executable, "-c", code],
        log=log,
        ready=ready if ready.startswith("http") else by_file.exists,
        cwd=log.parent,
        deadline=deadline,
        grace=grace,
    )


def test_is_ready_once_started(tmp_path: Path) -> None:
    """Inside the context the URL answers; after it the process has ended and the port is free."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    with python(SERVE.format(port=port), tmp_path / "log", url) as child:
        assert answers(url)
        assert child.running

    assert not child.running
    assert not accepts(port)


def test_early_end_shows_the_log(tmp_path: Path) -> None:
    """A program that ends before it is ready raises at once, with its exit code and last words."""
    child = python("print('no such setting'); raise SystemExit(3)", tmp_path / "log", "never")
    began = time.monotonic()

    with pytest.raises(ProcessFailedError, match=r"(?s)ended with 3.*no such setting"):
        child.start()
    assert time.monotonic() - began < 10


def test_late_readiness_is_a_failure_that_leaves_nothing(tmp_path: Path) -> None:
    """A program that is not ready in time is stopped and the error says so."""
    child = python("import time; time.sleep(60)", tmp_path / "log", "never", deadline=0.3)

    with pytest.raises(ProcessFailedError, match=r"not ready within 0\.3 s"):
        child.start()
    assert not child.running


def test_stop_is_polite_first(tmp_path: Path) -> None:
    """A program that handles SIGTERM ends by its own exit code."""
    code = "import pathlib, signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(7));"
    ready = tmp_path / "ready"
    with python(f"{code} pathlib.Path('ready').touch(); signal.pause()", tmp_path / "log", str(ready)) as child:
        pass

    assert child.stop() == 7


def test_stop_kills_what_ignores_it(tmp_path: Path) -> None:
    """A program that ignores SIGTERM is killed after its grace."""
    code = "import pathlib, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    code += "pathlib.Path('ready').touch()\nwhile True: signal.pause()"
    child = python(code, tmp_path / "log", str(tmp_path / "ready"), grace=0.2).start()

    assert child.stop() == -signal.SIGKILL


def test_stop_ends_grandchildren(tmp_path: Path) -> None:
    """What the program started and left behind is ended with it."""
    port = free_port()
    inner = SERVE.format(port=port)
    code = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {inner!r}]).wait()"
    child = python(code, tmp_path / "log", f"http://127.0.0.1:{port}/").start()
    child.stop()

    assert not accepts(port)


def test_stopped_child_hangs_and_goes_on(tmp_path: Path) -> None:
    """SIGSTOP makes a server hang without closing its port; even then stop ends it politely."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    child = python(SERVE.format(port=port), tmp_path / "log", url).start()
    child.signal(signal.SIGSTOP)
    hangs = accepts(port) and not answers(url)
    code = child.stop()

    assert hangs
    assert code == -signal.SIGTERM


def test_free_ports_are_free() -> None:
    """Ports are bindable by nobody else's listener and differ between calls."""
    ports = {free_port() for _ in range(20)}

    assert len(ports) > 15
    assert not any(accepts(port) for port in ports)


def test_workers_are_given_different_ports(monkeypatch: pytest.MonkeyPatch) -> None:
    """A program whose port is taken ends, and another would answer in its place."""
    given: dict[str, set[int]] = {}
    for worker in ("gw0", "gw1", "gw2"):
        monkeypatch.setenv("PYTEST_XDIST_WORKER", worker)
        given[worker] = {free_port() for _ in range(60)}

    assert all(len(ports) == 60 for ports in given.values())
    assert not given["gw0"] & given["gw1"]
    assert not given["gw1"] & given["gw2"]
