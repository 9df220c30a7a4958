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
        self._write(f"\ropscheck: {known - left} of {known} observations taken, {waited:.0f} s\x1b[K")
        self._shown = True

    def clear(self) -> None:
        """Take the line away."""
        if self._shown:
            self._write("\r\x1b[K")
            self._shown = False

    def _write(self, text: str) -> None:
        with contextlib.suppress(OSError), open("/dev/tty", "w", encoding="utf-8") as terminal:  # noqa: PTH123 - a device, not a file
            terminal.write(text)


def _is_terminal() -> bool:
    stream = sys.__stderr__
    return stream is not None and stream.isatty() and os.access("/dev/tty", os.W_OK)
