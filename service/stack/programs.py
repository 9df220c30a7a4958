"""Other programs: run with a deadline, ended with all they started, their output bounded."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .outcome import StackError

_GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class Done:
    """What a program left behind."""

    code: int
    out: str
    err: str

    def last_words(self, lines: int = 3) -> str:
        """Give the end of what it complained, or of what it said."""
        told = [line.strip() for line in (self.err.strip() or self.out.strip()).splitlines() if line.strip()]
        return " | ".join(told[-lines:]) or f"exit code {self.code} and not a word"


class ProgramSlow(StackError):
    """A program took longer than it was given, and has been ended."""


def run(
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    deadline_s: float = 60.0,
    stdin: IO[bytes] | None = None,
    stdout: IO[bytes] | None = None,
) -> Done:
    """Run `command` to its end; with `stdout` its output goes there and is not kept.

    Raises:
        ProgramSlow: the deadline passed.
        StackError: the program cannot be started.
    """
    words = [str(word) for word in command]
    pipe = stdout if stdout is not None else subprocess.PIPE
    with started(words, env=env, cwd=cwd, stdin=stdin, stdout=pipe) as child:
        try:
            out, err = child.communicate(timeout=deadline_s)
        except subprocess.TimeoutExpired:
            raise ProgramSlow(f"{' '.join(words[:2])} did not end within {deadline_s:g} s") from None
    return Done(child.returncode, _text(out), _text(err))


def run_attached(command: Sequence[str | Path], *, env: Mapping[str, str]) -> int:
    """Run `command` on this terminal until it ends; an interrupt ends both, and is no error."""
    with subprocess.Popen([str(word) for word in command], env=dict(env)) as child:  # noqa: S603 - words, no shell
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:  # the terminal has sent it to the child as well, which ends in its own time
                with suppress(KeyboardInterrupt):
                    child.wait(_GRACE_S)
                return 0


@contextmanager
def started(
    words: Sequence[str],
    *,
    env: Mapping[str, str] | None,
    cwd: Path | None = None,
    stdin: IO[bytes] | int | None = None,
    stdout: IO[bytes] | int = subprocess.PIPE,
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program for the length of the block; whatever ends that, the program has ended then as well."""
    try:
        child = subprocess.Popen(  # noqa: S603 - words, no shell
            list(words),
            env=dict(env) if env is not None else None,
            cwd=cwd,
            stdin=stdin if stdin is not None else subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise StackError(f"{words[0]} cannot be started: {error.strerror or error}") from None
    with child:
        try:
            yield child
        finally:
            _end(child)


def _end(child: subprocess.Popen[bytes]) -> None:
    if child.poll() is not None:
        return
    # A client told to end cleans up behind itself (a container begun with --rm); one that does not is ended hard.
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, number)
        with suppress(subprocess.TimeoutExpired):
            child.wait(_GRACE_S)
            return


def _text(raw: bytes | None) -> str:
    return (raw or b"").decode("utf-8", "replace")
