"""The two ends of a copy for which the writer stands still: as short as the copy itself takes, and no longer.

One end runs next to the state, the other holds the writer. They talk over standard input and standard error, because
the backup goes over standard output.
"""

from __future__ import annotations

import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import IO

from ..outcome import StackError
from ..programs import Done, started

ASK = "stand still"
GO = "standing still"
COPIED = "copied"
_START_S = 120.0
_STILL_S = 120.0  # a copy that takes longer is given up: the writer has waited long enough
_SEND_S = 3600.0


@contextmanager
def writer_stands_still() -> Iterator[None]:
    """Next to the state: have the other end hold the writer for the length of the block."""
    sys.stderr.write(f"{ASK}\n")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != GO:
        raise StackError("nobody has held the writer")
    yield
    sys.stderr.write(f"{COPIED}\n")
    sys.stderr.flush()


def run_holding(
    command: Sequence[str], env: Mapping[str, str], stdout: IO[bytes], hold: AbstractContextManager[None]
) -> Done:
    """At the other end: run `command`, and hold the writer whenever it asks for that.

    Raises:
        StackError: the writer cannot be held, or the copy took too long.
    """
    with started(command, env=env, stdin=subprocess.PIPE, stdout=stdout) as child:
        lines = _Lines(child.stderr)
        if lines.until(ASK, _START_S):
            with hold:
                if child.stdin is not None:
                    child.stdin.write(f"{GO}\n".encode())
                    child.stdin.flush()
                lines.until(COPIED, _STILL_S)
        lines.rest(_SEND_S)
        return Done(child.wait(_SEND_S), "", "\n".join(lines.seen))


class _Lines:
    """The lines of a pipe, each waited for only so long."""

    def __init__(self, pipe: IO[bytes] | None) -> None:
        self.seen: list[str] = []
        self._queue: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._pipe = pipe
        self._ended = False
        threading.Thread(target=self._read, daemon=True).start()

    def until(self, wanted: str, seconds: float) -> bool:
        """Read up to the line that is wanted; False when the pipe ends before."""
        while not self._ended:
            try:
                line = self._queue.get(timeout=seconds)
            except queue.Empty:
                raise StackError(f"the copy did not get on within {seconds:g} s") from None
            if line is None:
                self._ended = True
                break
            if line == wanted:
                return True
            self.seen.append(line)
        return False

    def rest(self, seconds: float) -> None:
        """Read what is left."""
        while self.until("\0", seconds):
            pass

    def _read(self) -> None:
        for raw in self._pipe or ():
            self._queue.put(raw.decode("utf-8", "replace").strip())
        self._queue.put(None)
