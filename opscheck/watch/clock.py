"""Time as the watcher sees it, and the request to stop, which ends any waiting at once."""

from __future__ import annotations

import os
import select
import time
from datetime import UTC, datetime
from typing import Final, Protocol

_SLICE: Final = 1.0  # seconds; a wait does not notice that the machine slept, so it looks at the time this often


class Clock(Protocol):
    """Three ways to tell the time, and waiting."""

    def now(self) -> datetime:
        """The wall clock (UTC): it can be set, forwards and back."""

    def elapsed(self) -> float:
        """Seconds that never go back and count a sleeping machine as well."""

    def asleep(self) -> float:
        """Seconds that the machine has slept so far."""

    def wait_until(self, elapsed: float) -> bool:
        """Wait until `elapsed()` is that; False where it was asked to stop before."""


class Stop:
    """A request to stop. `ask` is safe in a signal handler: it takes no lock."""

    def __init__(self) -> None:
        self.reason = ""
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)

    def ask(self, reason: str) -> None:
        """Ask; the first reason counts."""
        if not self.reason:
            self.reason = reason
            os.write(self._write, b".")

    def wait(self, seconds: float, *also: int) -> bool:
        """Wait for the request or for one of `also` to become readable; True where it was asked to stop."""
        if not self.reason:
            select.select([self._read, *also], [], [], max(seconds, 0.0))
        return bool(self.reason)

    def close(self) -> None:
        """Give the pipe back."""
        os.close(self._read)
        os.close(self._write)


class SystemClock:
    """The machine's own clocks."""

    def __init__(self, stop: Stop) -> None:
        self._stop = stop
        # What counts a sleeping machine has a name on Linux only; elsewhere sleep shows as a step of the wall clock.
        self._boot = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def now(self) -> datetime:
        """The wall clock (UTC)."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Seconds since the machine's start, sleep included."""
        return time.clock_gettime(self._boot)

    def asleep(self) -> float:
        """Of these, the seconds asleep."""
        return max(self.elapsed() - time.clock_gettime(time.CLOCK_MONOTONIC), 0.0)

    def wait_until(self, elapsed: float) -> bool:
        """Wait in slices; False where it was asked to stop."""
        while (left := elapsed - self.elapsed()) > 0:
            if self._stop.wait(min(left, _SLICE)):
                return False
        return not self._stop.reason
