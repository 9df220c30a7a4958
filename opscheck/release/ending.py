"""SIGTERM and SIGHUP as an orderly end: what was started is ended, what was made is removed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class Ending:
    """Whether a signal asked for the end.

    Attributes:
        number: of the first such signal; 0 where none came.
    """

    number: int = 0

    def code(self, otherwise: int) -> int:
        """The exit code that a shell gives to what a signal ended."""
        return 128 + self.number if self.number else otherwise


@contextmanager
def ended_in_order() -> Iterator[Ending]:
    """Make the first of these signals what Ctrl-C is, a KeyboardInterrupt; the others meanwhile change nothing.

    A signal that is ignored, as under nohup, stays so. Only the main thread can be told: elsewhere nothing is changed.
    """
    ending = Ending()

    def end(number: int, *_: object) -> None:
        if not ending.number:
            ending.number = number
            raise KeyboardInterrupt

    before = {}
    if threading.current_thread() is threading.main_thread():
        for one in _SIGNALS:
            if signal.getsignal(one) is not signal.SIG_IGN:
                before[one] = signal.signal(one, end)
    try:
        yield ending
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
