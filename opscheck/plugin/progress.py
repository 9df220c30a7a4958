"""A line that says what a run is waiting for: only on a terminal, only behind the second second."""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from opscheck.engine.run import Engine

_PATIENCE: Final = 2.0  # seconds without a line


class Progress:
    """Writes to a copy of standard error, made before pytest captures it for a test."""

    def __init__(self, engine: Engine, *, quiet: bool) -> None:
        self._engine = engine
        self._started = time.monotonic()
        self._shown = False
        self._quiet = quiet or not _is_terminal()

    def look(self) -> None:
        """A test has been waiting for a moment."""
        waited = time.monotonic() - self._started
        if self._quiet or waited < _PATIENCE:
            return
        left, known = self._engine.pending()
        write_to_terminal(f"\ropscheck: {known - left} of {known} observations taken, {waited:.0f} s\x1b[K")
        self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            write_to_terminal("\r\x1b[K")
            self._shown = False


class Waiting:
    """A line that says what a host is waiting for while it comes up: on a terminal, and behind the second second."""

    def __init__(self, *, quiet: bool) -> None:
        self._started = time.monotonic()
        self._quiet = quiet or not _is_terminal()

    def look(self, doing: str) -> None:
        """Something is still being done; an empty line takes the last one away."""
        waited = time.monotonic() - self._started
        if not self._quiet and waited > _PATIENCE:
            write_to_terminal(f"\ropscheck: {doing}, {waited:.0f} s\x1b[K" if doing else "\r\x1b[K")


def write_to_terminal(text: str) -> None:
    """Past pytest, which captures standard output and error."""
    with contextlib.suppress(OSError), open("/dev/tty", "w", encoding="utf-8") as terminal:  # noqa: PTH123 - a device, not a file
        terminal.write(text)


def _is_terminal() -> bool:
    stream = sys.__stderr__
    return stream is not None and stream.isatty() and os.access("/dev/tty", os.W_OK)
