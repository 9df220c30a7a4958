"""The service as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

_ROOT = Path(__file__).parents[2]


@contextmanager
def process(*options: str, **env: str) -> Iterator[subprocess.Popen[str]]:
    """Run `python -m service` and make sure that it has ended afterwards."""
    with subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "service", *options],
        cwd=_ROOT,
        env={**os.environ, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        try:
            yield running
        finally:
            if running.poll() is None:
                running.kill()


def listeners(running: subprocess.Popen[str], count: int) -> dict[str, str]:
    """Read the lines that name the listeners."""
    assert running.stdout is not None
    found = {}
    for _ in range(count):
        line = re.fullmatch(r"(\w+) listening on (http://\S+)\n", running.stdout.readline())
        assert line is not None
        found[line[1]] = line[2]
    return found


def test_it_names_its_listeners_serves_and_ends_well(tmp_path: Path, http: httpx.Client) -> None:
    """Free ports are printed, both applications answer, SIGTERM ends it with 0 and without a warning."""
    with process("--port", "0", "--state-dir", str(tmp_path)) as running:
        urls = listeners(running, 2)
        assert set(urls) == {"agent", "webfetch"}
        for url in urls.values():
            assert http.get(f"{url}/healthz").status_code == 200
        assert http.get(f"{urls['agent']}/ready").json()["status"] == "pass"
        running.send_signal(signal.SIGTERM)
        _, errors = running.communicate(timeout=15)

    assert running.returncode == 0
    assert "Warning" not in errors
    assert "Traceback" not in errors
    assert '"route": "/ready"' in errors


def test_the_environment_is_heeded_and_options_win(tmp_path: Path, http: httpx.Client) -> None:
    """AGENT_PORT is where it listens; the page fetcher stays away when told so; options win over both."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    env = {"AGENT_PORT": str(port), "AGENT_STATE_DIR": str(tmp_path), "AGENT_LOG_LEVEL": "ERROR"}
    with process("--no-webfetch", **env) as running:
        assert listeners(running, 1) == {"agent": f"http://127.0.0.1:{port}"}
        assert http.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        running.send_signal(signal.SIGINT)
        _, errors = running.communicate(timeout=15)

    assert (running.returncode, errors) == (0, "")


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (["--provider", "ollama"], "settings: Value error, llm_model is needed with provider ollama"),
        (["--port", "70000"], "settings: port: Input should be less than or equal to 65535"),
    ],
)
def test_unusable_settings_are_one_clear_line(options: list[str], line: str) -> None:
    """What cannot work is refused at start with status 2 and no traceback."""
    with process(*options) as running:
        output, errors = running.communicate(timeout=15)

    assert (running.returncode, output, errors.strip()) == (2, "", line)


@pytest.mark.parametrize("option", ["--port", "--webfetch-port"])
def test_a_port_in_use_is_one_clear_line(tmp_path: Path, option: str) -> None:
    """An address that is taken is told as such: which one it is, and the option that moves it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        options = {"--port": "0", "--webfetch-port": "0", "--state-dir": str(tmp_path), option: str(port)}
        with process(*(word for pair in options.items() for word in pair)) as running:
            _, errors = running.communicate(timeout=15)

    assert running.returncode == 2
    assert errors == (
        f"cannot start: 127.0.0.1:{port}: Address already in use: "
        f"{option} names another port, {option} 0 takes any free one\n"
    )


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (
            ["--host", "192.0.2.1"],
            "cannot start: 192.0.2.1:0: Cannot assign requested address: --host names an address",
        ),
        (["--host", "no-such-host.invalid"], "cannot start: no-such-host.invalid:0: "),
        (["--webfetch-port", "70000"], "settings: the page fetcher has no port 70000: --webfetch-port names one"),
        (["--port", "65500"], "settings: the page fetcher has no port 65581: --webfetch-port names one up to 65535"),
    ],
)
def test_an_address_that_cannot_be_had_is_one_clear_line(tmp_path: Path, options: list[str], line: str) -> None:
    """Neither this machine's, nor a port at all: also where the page fetcher's follows from the agent's."""
    with process("--port", "0", "--state-dir", str(tmp_path), *options) as running:
        _, errors = running.communicate(timeout=15)

    assert running.returncode == 2
    assert errors.startswith(line)
    assert errors.count("\n") == 1


@pytest.mark.parametrize("after", [0.1, 0.4, 0.7, 1.0, 1.5])
def test_interrupted_while_it_starts_it_ends_without_a_traceback(tmp_path: Path, after: float) -> None:
    """Whatever it was doing at that moment: importing, making its applications, starting, serving."""
    words = [sys.executable, "-m", "service", "--port", "0", "--no-webfetch", "--state-dir", str(tmp_path / "state")]
    with subprocess.Popen(words, cwd=_ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        time.sleep(after)
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=60)

    assert process.returncode in (0, 130, -signal.SIGINT)
    if process.returncode == 0:  # it had begun; before that Python itself may still be speaking
        assert "Traceback" not in told
    assert "CancelledError" not in told
