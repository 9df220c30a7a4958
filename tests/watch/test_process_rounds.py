"""Rounds as real processes: read, ended when stuck, and nothing left of them."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from opscheck.model import Outcome
from opscheck.processes import alive
from opscheck.report.summary import Decision
from opscheck.watch import process_rounds
from opscheck.watch.clock import Stop, SystemClock
from opscheck.watch.process_rounds import ProcessRounds, command, marked
from opscheck.watch.rounds import Round
from tests.watch.fakes import START, report, result

STUCK = """
import os, subprocess, sys, time, pytest

def test_hangs():
    # A child in a session of its own, whose parent is gone: neither group nor parentage leads to it.
    code = (
        "import subprocess, sys; null = subprocess.DEVNULL;"
        "print(subprocess.Popen(['sleep', '600'], start_new_session=True, stdout=null, stderr=null).pid)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    open(os.environ["PIDS"], "w").write(f"{os.getpid()} {done.stdout}")
    while True:
        try:
            time.sleep(600)
        except BaseException:
            pass
"""


@pytest.fixture
def stop() -> Iterator[Stop]:
    """A request to stop that nobody has made yet."""
    made = Stop()
    yield made
    made.close()


class Hurried(SystemClock):
    """A clock that is far ahead as soon as a file is there."""

    def __init__(self, stop: Stop, file: Path) -> None:
        super().__init__(stop)
        self._file = file

    def elapsed(self) -> float:
        """Seconds."""
        return super().elapsed() + (1e6 if self._file.exists() and self._file.read_text().count(" ") else 0.0)


def _run(stop: Stop, arguments: Sequence[str], *, limit: float = 60.0) -> Round:
    return ProcessRounds(arguments, limit=limit, clock=SystemClock(stop), stop=stop).run()


def test_a_round_has_a_report(stop: Stop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The shipped suites against the embedded service, as `opscheck run` reports them."""
    monkeypatch.chdir(tmp_path)

    done = _run(stop, ["-m", "readiness"], limit=180)

    assert done.failure == ""
    assert done.report is not None
    assert done.report.decision is Decision.GO
    assert len(done.report.results) > 3
    assert done.seconds > 0
    assert list(tmp_path.iterdir()) == []


def test_a_round_records_nothing_itself() -> None:
    """History is the watcher's: the round's own option comes last, so that it wins over the user's."""
    words = command(["--ops-report=mine.prom", "-m", "smoke"], Path("r.json"))

    assert words[words.index("run") + 1 :][:3] == ["--ops-report=mine.prom", "-m", "smoke"]
    assert "--ops-history=off" in words[-4:]


def test_a_round_that_hangs_is_ended_with_all_it_started(
    stop: Stop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that ignores everything, and a grandchild that has detached itself, are gone; the round is a gap."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PIDS", str(tmp_path / "pids"))
    (tmp_path / "test_hang.py").write_text(STUCK)
    monkeypatch.setattr(process_rounds, "_GRACE", 0.5)
    began = time.monotonic()

    clock = Hurried(stop, tmp_path / "pids")
    done = ProcessRounds([str(tmp_path / "test_hang.py"), "-k", "hangs"], limit=90, clock=clock, stop=stop).run()

    assert time.monotonic() - began < 120
    assert done.report is None
    assert done.failure == "the round did not end within 90 s and was stopped"
    pids = [int(word) for word in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 2
    assert [pid for pid in pids if alive(pid)] == []


def test_a_stop_ends_a_round_within_seconds(stop: Stop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked to stop in the middle of a round, it is broken off as from the keyboard."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "test_slow.py").write_text("import time\ndef test_slow():\n    time.sleep(600)\n")
    threading.Timer(4.0, stop.ask, ["SIGTERM"]).start()
    began = time.monotonic()

    done = _run(stop, [str(tmp_path / "test_slow.py"), "-k", "slow"], limit=300)

    assert time.monotonic() - began < 30
    assert "asked to stop" in done.failure


def test_what_a_failed_round_said_is_kept(stop: Stop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last lines, its exit code, and that it is of no use to try again."""
    monkeypatch.chdir(tmp_path)

    done = _run(stop, ["-m", "smoke", "--host", "nowhere"])

    assert done.code == 4
    assert done.refused
    assert any('unknown host "nowhere"' in line for line in done.said)


LEAVES = """
import os, signal, sys
file = next(word for word in sys.argv if word.startswith("--ops-report=")).partition("=")[2]
open(file, "w").write(open(sys.argv[1]).read())
print("teardown went wrong", flush=True)
code = int(sys.argv[2])
os.kill(os.getpid(), -code) if code < 0 else sys.exit(code)
"""


@pytest.mark.parametrize(
    ("outcome", "code", "doubt"),
    [
        (Outcome.PASS, 0, ""),
        (Outcome.PASS, 1, "the round ended with 1 although no check failed"),
        (Outcome.DEGRADED, 1, "the round ended with 1 although no check failed"),
        (Outcome.PASS, 3, "the round ended with 3"),
        (Outcome.PASS, -9, "the round was killed by signal 9"),
        (Outcome.FAIL, 1, ""),
        (Outcome.UNMEASURED, 1, ""),
        (Outcome.DEGRADED, 10, ""),
        (Outcome.FAIL, 2, "the round ended with 2"),
    ],
)
def test_a_round_that_ended_otherwise_than_its_report_says(
    stop: Stop, tmp_path: Path, outcome: Outcome, code: int, doubt: str
) -> None:
    """Its report is incomplete, which is never GO; what failed in it has failed."""
    (tmp_path / "leaves.py").write_text(LEAVES)
    (tmp_path / "r.json").write_text(json.dumps(report([result(outcome)], START, 1.0).as_dict()))
    program = [sys.executable, str(tmp_path / "leaves.py")]
    arguments = [str(tmp_path / "r.json"), str(code)]

    done = ProcessRounds(arguments, limit=60, clock=SystemClock(stop), stop=stop, program=program).run()

    assert done.report is not None
    assert (done.doubt, done.report.incomplete, done.code) == (doubt, doubt, code)
    assert list(done.said) == (["teardown went wrong"] if doubt else [])
    if doubt:
        expected = Decision.FAIL if outcome is Outcome.FAIL else Decision.UNMEASURED
        assert done.report.decision is expected


def test_a_round_that_cannot_be_ended_is_alone(stop: Stop) -> None:
    """While a process of the round before is still there, no other is started."""
    rounds = ProcessRounds(["-m", "smoke"], limit=60, clock=SystemClock(stop), stop=stop)
    rounds._immortal = os.getpid()

    done = rounds.run()

    assert done.failure == f"the round before could not be ended (process {os.getpid()})"


def test_a_mark_is_only_found_where_it_is() -> None:
    """No process bears a mark that nobody was given."""
    assert marked("0123456789abcdef") == []


def test_a_stop_is_safe_in_a_signal_handler(stop: Stop) -> None:
    """Asked twice, the first reason counts, and waiting ends at once."""
    stop.ask("SIGTERM")
    stop.ask("SIGINT")
    began = time.monotonic()

    assert not SystemClock(stop).wait_until(SystemClock(stop).elapsed() + 60)
    assert stop.reason == "SIGTERM"
    assert time.monotonic() - began < 5
