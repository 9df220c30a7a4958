"""A program of this machine asked something: without a shell, without input, bounded in time and bytes."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

_MOST: Final = 4 * 1024 * 1024  # bytes of each of its two outputs
_PIECE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Ended:
    """How it ended.

    Attributes:
        code: of its exit; None where it was ended, because it was too slow or told too much.
        out, err: what it wrote, as far as it was read.
    """

    code: int | None
    out: bytes
    err: bytes

    def __repr__(self) -> str:
        return f"Ended(code={self.code})"  # what it wrote may hold what must not be shown


def run(words: Sequence[str], *, seconds: float, env: Mapping[str, str], cwd: Path | None = None) -> Ended:
    """Run a program to its end, or end it with all that it started. Blocks.

    Raises:
        OSError: it cannot be started.
    """
    ends = time.monotonic() + seconds
    with subprocess.Popen(  # noqa: S603 - the words are a list; no shell reads them
        list(words),
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            out, err, whole = _read(process, ends)
            code = process.wait(max(0.05, ends - time.monotonic())) if whole else None
        except subprocess.TimeoutExpired:
            code = None
        finally:
            if process.poll() is None:
                _end(process)
    return Ended(code, out, err)


def _read(process: subprocess.Popen[bytes], ends: float) -> tuple[bytes, bytes, bool]:
    kept: dict[IO[bytes], bytearray] = {pipe: bytearray() for pipe in (process.stdout, process.stderr) if pipe}
    with selectors.DefaultSelector() as waiting:
        for pipe in kept:
            waiting.register(pipe, selectors.EVENT_READ)
        while waiting.get_map():
            left = ends - time.monotonic()
            ready = waiting.select(left) if left > 0 else []
            if not ready or any(len(one) > _MOST for one in kept.values()):
                break
            for key, _ in ready:
                piece = os.read(key.fd, _PIECE)
                kept[key.fileobj] += piece  # type: ignore[index] # the pipes that were registered
                if not piece:
                    waiting.unregister(key.fileobj)
        whole = not waiting.get_map()
    out, err = (bytes(one) for one in kept.values())
    return out, err, whole


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.wait()
