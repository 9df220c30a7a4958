"""Programs run without a shell, bounded in time and in what is kept of their output, with nothing left behind."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from opscheck.release.spans import lasting

_KEPT: Final = 64 * 1024  # bytes of the end of what a program wrote
_LOOK: Final = 0.1  # seconds between two looks
_GRACE: Final = 2.0  # seconds from asking a program to end until it is ended; and for what it left to close its output
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Ran:
    """A program that ended, was ended, or could not be started.

    Attributes:
        code: its exit code; None where it has none.
        output: the end of what it wrote to both outputs.
        problem: why it has no exit code, in one sentence.
        cut: output that is not kept, in bytes.
    """

    code: int | None
    output: str
    seconds: float
    problem: str = ""
    cut: int = 0

    def last_lines(self, count: int) -> list[str]:
        """The last lines that are not empty."""
        return [line.rstrip() for line in self.output.splitlines() if line.strip()][-count:]


class Programs:
    """Starts programs for several threads, and ends them all when the user gives up."""

    def __init__(self, folder: Path, env: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        given = dict(os.environ if env is None else env)
        # What is installed beside opscheck is found without the environment being activated.
        given["PATH"] = os.pathsep.join(filter(None, (given.get("PATH", os.defpath), str(Path(sys.executable).parent))))
        self._env = given
        self._given_up = threading.Event()

    def give_up(self) -> None:
        """End what runs, start nothing more."""
        self._given_up.set()

    def run(
        self,
        words: Sequence[str],
        *,
        deadline: timedelta,
        env: Mapping[str, str] | None = None,
        kept: int = _KEPT,
        errors: bool = True,
    ) -> Ran:
        """Run one program to its end.

        Args:
            env: settings beside the present ones.
            kept: bytes of its output that are kept, from the end.
            errors: what it writes to its error output is kept as well.
        """
        began = time.monotonic()
        try:
            process = subprocess.Popen(  # noqa: S603 - no shell; the words are the checklist's own
                list(words),
                cwd=self.folder,
                env={**self._env, **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT if errors else subprocess.DEVNULL,
                start_new_session=True,
            )
        except FileNotFoundError:
            there = self.folder.is_dir()
            what = f"{words[0]} is not installed" if there else f"there is no folder {self.folder}"
            return Ran(None, "", 0.0, what)
        except (OSError, ValueError) as error:
            return Ran(None, "", 0.0, f"{words[0]} cannot be started: {getattr(error, 'strerror', None) or error}")
        with process:
            tail = _Tail(kept)
            problem = self._follow(process, tail, began + deadline.total_seconds(), deadline)
            code = None if problem else process.wait()
        return Ran(code, tail.text(), time.monotonic() - began, problem or _died(words[0], code), tail.cut)

    def _follow(self, process: subprocess.Popen[bytes], tail: _Tail, ends: float, deadline: timedelta) -> str:
        """Read until it ends; why it was ended, where it was."""
        assert process.stdout is not None  # noqa: S101 - it was started with a pipe
        problem = ""
        try:
            with selectors.DefaultSelector() as selector:
                selector.register(process.stdout, selectors.EVENT_READ)
                over = 0.0
                while True:
                    if selector.select(_LOOK):
                        piece = os.read(process.stdout.fileno(), _PIECE)
                        if not piece:
                            break
                        tail.add(piece)
                    now = time.monotonic()
                    if process.poll() is not None:
                        # Something that it started may hold its output open for ever.
                        over = over or now + _GRACE
                        if now > over:
                            break
                    elif self._given_up.is_set():
                        problem = "broken off"
                        break
                    elif now > ends:
                        problem = f"it did not end within {lasting(deadline)}"
                        break
            if not problem:
                problem = self._closed(process, ends, deadline)
        finally:
            _end(process)
        return problem

    def _closed(self, process: subprocess.Popen[bytes], ends: float, deadline: timedelta) -> str:
        """Its output is closed: wait for its end as well."""
        while process.poll() is None:
            if self._given_up.wait(_LOOK):
                return "broken off"
            if time.monotonic() > ends:
                return f"it did not end within {lasting(deadline)}"
        return ""


class _Tail:
    """The end of what comes in."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._data = bytearray()
        self.cut = 0

    def add(self, piece: bytes) -> None:
        self._data += piece
        if len(self._data) > 2 * self._kept:
            self._shorten()

    def _shorten(self) -> None:
        over = len(self._data) - self._kept
        if over > 0:
            self.cut += over
            del self._data[:over]

    def text(self) -> str:
        self._shorten()
        return self._data.decode("utf-8", "replace")


def _died(program: str, code: int | None) -> str:
    """A program that a signal ended has no exit code of its own."""
    if code is None or code >= 0:
        return ""
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    return f"{program} was ended by {name}"


def _end(process: subprocess.Popen[bytes]) -> None:
    """End it and what it started in its group; nothing where all of it has ended."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
        if number is signal.SIGTERM:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)
    process.wait()
