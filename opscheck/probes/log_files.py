"""Lines in log files of this machine, found by a mark."""

from __future__ import annotations

import asyncio
import os
import stat
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from opscheck.local_files import named_files
from opscheck.model import Phases
from opscheck.model.logs import FoundLines

_TAIL: Final = 8 * 1024 * 1024  # bytes at the end of each log: what was just written stands there
_MOST_FILES: Final = 20
_MOST_LINES: Final = 40
_LONGEST: Final = 4000  # characters of a line


async def log_lines(logs: Sequence[str], marks: Sequence[str]) -> FoundLines:
    """The lines at the end of logs that hold one of the marks; logs are names, or patterns such as `agent*.log`."""
    return await asyncio.to_thread(_search, logs, marks)


def _search(logs: Sequence[str], marks: Sequence[str]) -> FoundLines:
    at, begun = datetime.now(UTC), time.perf_counter()
    wanted = [mark.encode() for mark in marks if mark]
    found: list[str] = []
    opened, read, problems = 0, 0, []
    for path in _files(logs):
        try:
            tail = _tail(path)
        except (OSError, ValueError) as error:
            problems.append(f"{path}: {getattr(error, 'strerror', None) or 'cannot be read'}".lower())
            continue
        opened, read = opened + 1, read + len(tail)
        hits = (line for line in tail.split(b"\n") if any(mark in line for mark in wanted))
        found += [line.decode("utf-8", "replace")[:_LONGEST] for line in hits]
    where = ", ".join(logs)
    problem = "" if opened or not problems else problems[0]
    searched = f"{read} bytes searched" + (f", but not {'; '.join(problems)}" if problems else "")
    return FoundLines(
        where, tuple(found[:_MOST_LINES]), searched, at, problem, Phases(total=time.perf_counter() - begun)
    )


def _files(logs: Sequence[str]) -> list[str]:
    """The files, newest first; a name without a file stays, so that its absence is told."""
    return sorted(named_files(logs), key=_changed, reverse=True)[:_MOST_FILES]


def _changed(path: str) -> float:
    try:
        return os.stat(path).st_mtime  # noqa: PTH116 - a pattern's hits are text
    except (OSError, ValueError):
        return 0.0


def _tail(path: str) -> bytes:
    """The end of a regular file; nothing else is opened, such as a pipe that nobody writes to."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(file.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise ValueError("no regular file")
        file.seek(max(0, facts.st_size - _TAIL))
        return file.read(_TAIL)
