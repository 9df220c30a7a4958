"""What a waiting operator sees: one line that changes on a terminal, plain lines now and then elsewhere."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

_LIVE_S = 0.5
_PLAIN_S = 10.0


class Step:
    """Something that takes time. `detail` may be changed while it goes on."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.detail = ""
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._began

    def line(self) -> str:
        """Say what goes on."""
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.title}{detail} ({self.seconds:.0f} s)"


class Progress:
    """Writes to a stream, which gets control characters only when it is a terminal."""

    def __init__(self, stream: TextIO, *, quiet: bool = False) -> None:
        self._stream = stream
        self._quiet = quiet
        self._live = stream.isatty()
        self._lock = threading.Lock()
        self._open = False

    def say(self, line: str) -> None:
        """Write a line that stays."""
        if self._quiet:
            return
        with self._lock:
            self._stream.write(f"{self._clear()}{line}\n")
            self._stream.flush()

    @contextmanager
    def during(self, title: str) -> Iterator[Step]:
        """Show what goes on until the block ends."""
        step, ended = Step(title), threading.Event()
        if not self._live:
            self.say(title)
        ticker = threading.Thread(target=self._tick, args=(step, ended), daemon=True)
        ticker.start()
        try:
            yield step
        finally:
            ended.set()
            ticker.join()
            with self._lock:
                self._stream.write(self._clear())
                self._stream.flush()

    def _tick(self, step: Step, ended: threading.Event) -> None:
        while not ended.wait(_LIVE_S if self._live else _PLAIN_S):
            if self._quiet:
                continue
            if not self._live:
                self.say(step.line())
                continue
            with self._lock:
                self._stream.write(f"{self._clear()}{step.line()[:100]}")
                self._stream.flush()
                self._open = True

    def _clear(self) -> str:
        was, self._open = self._open, False
        return "\r\x1b[2K" if was else ""
