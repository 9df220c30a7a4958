"""The end of a tunnel's log file."""

from __future__ import annotations

import glob
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from opscheck.model import Kind, Phases, Unmeasured
from opscheck.model.tunnel import TunnelLog
from opscheck.probes.docker_frames import lines_of
from opscheck.probes.failure import one_line

_MOST: Final = 2 * 1024 * 1024  # bytes read from the end
_REMEDY: Final = "name a log that this machine can read as expect.tunnel.log_files"


def tunnel_log(files: Sequence[str]) -> TunnelLog | Unmeasured:
    """The end of the newest of these files, which may be patterns. Blocks."""
    at, begun = datetime.now(UTC), time.perf_counter()
    shown = one_line(", ".join(files))[:500]
    try:
        named = [Path(path) for pattern in files for path in glob.glob(pattern)]  # noqa: PTH207 - absolute patterns
        newest = max(named, key=lambda path: path.stat().st_mtime, default=None)
        if newest is None:
            return Unmeasured(Kind.UNREACHABLE, f"there is no log {shown}", shown, at, remedy=_REMEDY)
        if not newest.is_file():
            return Unmeasured(Kind.UNREACHABLE, f"{shown} is no file", shown, at, remedy=_REMEDY)
        with newest.open("rb") as log:
            size = log.seek(0, os.SEEK_END)
            log.seek(max(0, size - _MOST))
            body = log.read(_MOST)
    except (OSError, ValueError) as error:
        words = (getattr(error, "strerror", None) or type(error).__name__).lower()
        return Unmeasured(Kind.UNREACHABLE, f"the log {shown} cannot be read: {words}", shown, at, remedy=_REMEDY)
    lines = lines_of(body)
    whole = size <= _MOST
    told = one_line(str(newest))
    return TunnelLog(
        told, told, lines if whole else lines[1:], at, whole, None, Phases(total=time.perf_counter() - begun)
    )
