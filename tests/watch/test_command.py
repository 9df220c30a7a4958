"""`opscheck watch` as a user starts it: a real process, real rounds, real signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from opscheck.history import open_history
from opscheck.processes import alive
from tests.parts.process import RunningProcess, free_port, group_members
from tests.parts.webhook import Webhook

SUITE = '''"""A round of one second."""

import time


def test_slow(ops_host):
    """It takes its time."""
    time.sleep(SECONDS)
'''


@dataclass
class Started:
    """A watch that runs."""

    process: subprocess.Popen[str]

    def line(self, start: str, seconds: float = 60.0) -> str:
        """Read until a line that starts so."""
        assert self.process.stdout is not None
        deadline = time.monotonic() + seconds
        seen = []
        while time.monotonic() < deadline:
            line = self.process.stdout.readline()
            if line.startswith(start):
                return line.rstrip("\n")
            seen.append(line)
            if not line:
                break
        raise AssertionError(f"no line starts with {start!r} in {seen}")

    def end(self, number: signal.Signals) -> tuple[int, str, float]:
        """Exit code, the rest of the output, and the seconds until the end."""
        began = time.monotonic()
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=40)
        return self.process.returncode, rest, time.monotonic() - began


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Started]]:
    """Starts watches in an empty folder; none is left."""
    started: list[subprocess.Popen[str]] = []
    environ = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "HOOK_TOKEN": "tops3cret"}

    def begin(*arguments: str) -> Started:
        process = subprocess.Popen(
            [sys.executable, "-m", "opscheck", "watch", *arguments],
            cwd=tmp_path,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return Started(process)

    yield begin
    for process in started:
        if process.poll() is None:
            process.kill()
        process.communicate()


def _run(folder: Path, arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "opscheck", "watch", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)


def test_a_short_watch_records_each_round_once(tmp_path: Path) -> None:
    """Three rounds of the embedded service: exit code 0, three runs of source `watch`, a summary."""
    arguments = ["-m", "readiness", "--every", "8s", "--for", "16s", "--history", "h.sqlite", "--round-limit", "2m"]

    done = _run(tmp_path, arguments)

    with open_history(tmp_path / "h.sqlite") as history:
        runs = history.runs()
        samples = [run for run in runs if run.counts]
        assert {run.source for run in runs} == {"watch"}
        assert len({run.id for run in runs}) == len(runs)
        assert all(run.decision == "GO" for run in samples)
        # As it was typed: neither a temporary file nor anything else that differs from round to round.
        assert {run.argv for run in samples} == {("opscheck", "watch", "-m", "readiness")}
        gaps = [run.incomplete for run in runs if not run.counts]
    assert 1 <= len(samples) <= 3
    # On a busy machine a round may overrun; then that is what it says, and not that all is well.
    assert done.returncode == (30 if gaps else 0), done.stdout
    assert done.stdout.splitlines()[-1] == ("UNMEASURED" if gaps else "GO")
    assert "recording to h.sqlite" in done.stdout
    assert [one.name for one in tmp_path.iterdir() if not one.name.startswith("h.sqlite")] == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(start: Callable[..., Started], tmp_path: Path, number: signal.Signals) -> None:
    """In the middle of a round: within seconds, with a summary, and without a process left behind."""
    (tmp_path / "test_slow.py").write_text(SUITE.replace("SECONDS", "300"))
    watch = start("test_slow.py", "-k", "test_slow", "--every", "5s", "--serve", "0", "--history", "off")
    url = watch.line("serving ").split()[1]
    assert httpx.get(f"{url}healthz", trust_env=False).json()["status"] == "pass"
    time.sleep(5)
    children = Path(f"/proc/{watch.process.pid}/task/{watch.process.pid}/children").read_text().split()
    assert children

    code, rest, seconds = watch.end(number)

    assert seconds < 20
    assert f"stopped by {number.name}" in rest
    assert "Traceback" not in rest
    assert code == 30  # nothing was seen
    assert [pid for pid in map(int, children) if alive(pid) or group_members(pid)] == []


def test_it_tells_a_webhook_and_serves_meanwhile(start: Callable[..., Started]) -> None:
    """A host that is down: one notification for its root cause, with its secret header; metrics and page say so."""
    with Webhook() as hook:
        where = f"http://127.0.0.1:{free_port()}"
        watch = start(
            *("-m", "smoke", "--host", where, "--ops-system", "reference", "--every", "5s", "--serve", "127.0.0.1:0"),
            *("--webhook", hook.url, "--webhook-header", "X-Token=env:HOOK_TOKEN", "--notify-after", "1"),
        )
        url = watch.line("serving ").split()[1]
        deadline = time.monotonic() + 90
        while not hook.received and time.monotonic() < deadline:
            time.sleep(0.2)
        metrics = httpx.get(f"{url}metrics", trust_env=False).text
        status = httpx.get(f"{url}status.json", trust_env=False).json()
        page = httpx.get(url, trust_env=False).text
        code, rest, _ = watch.end(signal.SIGTERM)

    (told,) = hook.received
    assert told["status"] == "firing"
    assert told["blocked"] >= 1
    assert "connection refused" in told["reason"]
    assert told["outcome"] == "UNMEASURED"
    assert 'outcome="UNMEASURED"} 1' in metrics
    assert status["decision"] == "UNMEASURED"
    assert len(status["incidents"]) == 1
    assert "connection refused" in page
    assert "tops3cret" not in json.dumps([told, status]) + metrics + page + rest
    assert code == 30


def test_what_ended_while_nobody_watched_is_told(start: Callable[..., Started], tmp_path: Path) -> None:
    """Killed in an incident, started again when all is well: the receiver hears of the end, with the same key."""
    where = f"http://127.0.0.1:{free_port()}"
    with Webhook() as hook:
        options = [*("-m", "readiness", "--host", where, "--ops-system", "reference", "--every", "5s")]
        options += ["--webhook", hook.url, "--notify-after", "1", "--history", "h.sqlite"]
        watch = start(*options)
        _wait(lambda: len(hook.received) == 1)
        watch.process.kill()
        watch.process.wait()
        serve = [sys.executable, "-m", "opscheck", "serve", "--port", where.rpartition(":")[2]]
        log = tmp_path / "service.log"
        with RunningProcess(serve, log=log, ready=f"{where}/healthz", cwd=tmp_path, deadline=60):
            watch = start(*options)
            _wait(lambda: len(hook.received) == 2)
            code, rest, _ = watch.end(signal.SIGTERM)

    firing, resolved = hook.received
    assert (firing["status"], resolved["status"]) == ("firing", "resolved")
    assert resolved["key"] == firing["key"]
    assert resolved["since"] == firing["since"]
    assert " over: " in rest
    assert code in (0, 30)  # 30 where the machine was too busy for a round every 5 s


def _wait(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 90
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.2)
    assert happened()


def test_what_cannot_be_used_is_told_in_a_line(tmp_path: Path) -> None:
    """Exit code 4, one line on standard error, nothing asked."""
    for arguments, words in (
        (["--every", "5"], "--every: '5' is no span of time such as 30s"),
        (["--every", "10ms"], "--every 10ms: the least is 1s"),
        (["--serve", "everywhere"], "--serve: 'everywhere' is no address such as 127.0.0.1:9099"),
        (["--webhook", "http://u:tops3cret@127.0.0.1/"], "a password has no place on the command line"),
        (["--webhook-header", "A=env:B"], "--webhook-header without --webhook"),
        (["--history", "mysql://127.0.0.1/x"], "a file or postgresql://... is expected"),
        (["--notify-after", "0"], "--notify-after 0: the least is 1 round"),
    ):
        done = _run(tmp_path, arguments)
        assert done.returncode == 4, arguments
        assert words in done.stderr
        assert len(done.stderr.splitlines()) == 1
        assert "tops3cret" not in done.stderr


def test_a_first_round_that_is_refused_ends_it(tmp_path: Path) -> None:
    """A typing error is told at once, with the hint of the round itself, and not after a day."""
    done = _run(tmp_path, ["-m", "smkoe", "--history", "off", "--every", "30s", "--for", "24h"])

    assert done.returncode == 4
    assert 'did you mean "smoke"?' in done.stdout
