"""Rounds as processes: `opscheck run` with a report to read, a limit, and an end that leaves nothing behind."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from opscheck.processes import alive
from opscheck.report.run import RunReport
from opscheck.report.summary import odd_end
from opscheck.report.visible import visible
from opscheck.watch.clock import Clock, Stop
from opscheck.watch.resuming import watched
from opscheck.watch.rounds import DOUBTFUL, Round

_GRACE: Final = 4.0  # seconds that a round has to end by itself, once it is asked to
_LAST: Final = 2.0  # seconds that a killed process may take to be gone
_LINES: Final = 12  # of a failed round's output that are kept
_TAIL: Final = 8000  # bytes of it that are looked at
_REPORT: Final = "--ops-report"
_OURS: Final = ("--ops-history=off", "--color=no", "-q")
PROGRAM: Final = (sys.executable, "-m", "opscheck", "run")
_STOPPED: Final = "was broken off, for the watcher was asked to stop"
_MARK: Final = "OPSCHECK_ROUND"


def command(arguments: Sequence[str], report: Path, program: Sequence[str] = PROGRAM) -> list[str]:
    """The command of one round. It records nothing itself: the watcher does, so that nothing is recorded twice."""
    return [*program, *arguments, f"{_REPORT}={report}", *_OURS]


def as_typed(argv: Sequence[str]) -> tuple[str, ...]:
    """The command of a round, as its report tells it, as that of the watch that somebody typed.

    >>> as_typed(["opscheck", "run", "-m", "smoke", "--ops-report=/tmp/x/round.json", *_OURS])
    ('opscheck', 'watch', '-m', 'smoke')
    """
    words = list(argv[1:])
    for first, word in enumerate(words):
        if word.startswith(_REPORT) and words[first + 1 :] == list(_OURS):
            words = words[:first]
    return watched(words[1:] if words[:1] == ["run"] else words)


@dataclass(slots=True)
class _Started:
    process: subprocess.Popen[bytes]
    mark: str
    at: datetime
    elapsed: float


class ProcessRounds:
    """Runs rounds with the user's options, one at a time.

    Args:
        arguments: options of pytest and the plugin, as for `opscheck run`.
        limit: seconds after which a round is ended, and what it started with it.
        program: what takes these options; pytest itself for suites of one's own alone.
    """

    def __init__(
        self, arguments: Sequence[str], *, limit: float, clock: Clock, stop: Stop, program: Sequence[str] = PROGRAM
    ) -> None:
        self._arguments = arguments
        self._program = program
        self._limit = limit
        self._clock = clock
        self._stop = stop
        self._immortal: int = 0

    def run(self) -> Round:
        """Run one round."""
        if self._immortal and alive(self._immortal):
            now = self._clock.now()
            return Round(now, now, 0.0, failure=f"the round before could not be ended (process {self._immortal})")
        self._immortal = 0
        with tempfile.TemporaryDirectory(prefix="opscheck-round-", ignore_cleanup_errors=True) as name:
            folder = Path(name)
            try:
                started = self._start(folder)
            except OSError as error:
                now = self._clock.now()
                return Round(now, now, 0.0, failure=f"a round could not be started: {visible(error, 200)}")
            cut = self._wait(started)
            return self._read(started, folder, cut)

    def _start(self, folder: Path) -> _Started:
        mark = secrets.token_hex(8)
        at, elapsed = self._clock.now(), self._clock.elapsed()
        with (folder / "output").open("wb") as output:
            process = subprocess.Popen(  # noqa: S603 - this program itself, with the user's own options
                command(self._arguments, folder / "round.json", self._program),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, _MARK: mark},
                start_new_session=True,
            )
        return _Started(process, mark, at, elapsed)

    def _wait(self, started: _Started) -> str:
        """Wait for the end; why it was brought about, empty where the round came to it by itself.

        What a round that was cut has seen is no sample: much of it could not be measured for being cut.
        """
        ends = started.elapsed + self._limit
        with _exit_of(started.process) as exited:
            while started.process.poll() is None:
                left = ends - self._clock.elapsed()
                if left <= 0:
                    self._end(started, exited)
                    return f"did not end within {self._limit:g} s and was stopped"
                if self._stop.wait(min(left, 1.0), exited):
                    if started.process.poll() is None:
                        self._end(started, exited)
                        return _STOPPED
                    break
        return ""

    def _end(self, started: _Started, exited: int) -> None:
        """First as from the keyboard, so that it takes down what it brought up; then by force, with all it started."""
        started.process.send_signal(signal.SIGINT)
        _await(exited, _GRACE)
        for _ in range(3):  # what is being started while we look is found the next time
            members = [pid for pid in marked(started.mark) if pid != os.getpid()]
            if not members and started.process.poll() is not None:
                return
            for pid in members:
                with contextlib.suppress(OSError):
                    os.kill(pid, signal.SIGKILL)
            _await(exited, _LAST)
        if started.process.poll() is None:  # in an uninterruptible wait: nobody can end it
            self._immortal = started.process.pid

    def _read(self, started: _Started, folder: Path, cut: str) -> Round:
        code = None if cut else started.process.poll()
        finished, seconds = self._clock.now(), self._clock.elapsed() - started.elapsed
        done = Round(started.at, finished, seconds, code=code)
        said = _last_lines(folder / "output")
        if cut:
            return replace(done, failure=f"the round {cut}", said=said, stopped=cut == _STOPPED)
        try:
            report = RunReport.from_dict(json.loads((folder / "round.json").read_bytes()))
        except FileNotFoundError:
            return replace(done, failure=f"the round ended with exit code {code} and no report", said=said)
        except (OSError, ValueError) as error:
            return replace(done, failure=f"the round's report: {visible(error, 300)}", said=said)
        report = replace(report, run=replace(report.run, argv=as_typed(report.run.argv)))
        doubt = _doubt(code, report)
        if not doubt:
            return replace(done, report=report)
        incomplete = "; ".join(one for one in (report.incomplete, doubt) if one)
        report = replace(report, incomplete=incomplete, notes=[*report.notes, DOUBTFUL])
        return replace(done, report=report, doubt=doubt, said=said)


def _doubt(code: int | None, report: RunReport) -> str:
    """Why the checks are not all that there was; empty where the process ended as its report says."""
    odd = odd_end(code, report.decision)
    return f"the round {odd}" if odd else ""


def marked(mark: str) -> list[int]:
    """The processes that were started within a round, however they detached themselves from it."""
    wanted = f"{_MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


@contextlib.contextmanager
def _exit_of(process: subprocess.Popen[bytes]) -> Iterator[int]:
    """A descriptor that is readable once the process has ended."""
    descriptor = os.pidfd_open(process.pid)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _await(descriptor: int, seconds: float) -> None:
    select.select([descriptor], [], [], seconds)


def _last_lines(file: Path) -> tuple[str, ...]:
    """The end of what a round printed, fit to be shown."""
    try:
        with file.open("rb") as output:
            output.seek(max(output.seek(0, os.SEEK_END) - _TAIL, 0))
            lines = output.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ()
    return tuple(visible(line, 200) for line in lines if line.strip())[-_LINES:]
