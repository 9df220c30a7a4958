"""To history, whole and once; what cannot be written now is kept for the next round, and told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

from opscheck.report.run import RunReport
from opscheck.report.visible import counted, visible

_MOST: Final = 20  # reports that wait for history to come back


class Appending(Protocol):
    """Where reports are recorded."""

    def append(self, report: RunReport, *, source: str = "run") -> None:
        """Whole, or not at all."""


class Recorder:
    """Records what a watch finds.

    Args:
        history: None where nothing is to be recorded.
        say: prints one line.
    """

    def __init__(self, history: Appending | None, say: Callable[[str], None]) -> None:
        self._history = history
        self._say = say
        self._waiting: deque[RunReport] = deque()
        self.error = ""
        self.lost = 0

    @property
    def pending(self) -> int:
        """How many reports have not been recorded, and still may be."""
        return len(self._waiting)

    def record(self, report: RunReport) -> None:
        """Record it, behind those that wait."""
        if self._history is None:
            return
        if len(self._waiting) >= _MOST:
            self._waiting.popleft()
            self.lost += 1
        self._waiting.append(report)
        self.flush()

    def flush(self) -> None:
        """Write what waits, oldest first."""
        while self._waiting and self._history is not None:
            try:
                self._history.append(self._waiting[0], source="watch")
            except Exception as error:  # noqa: BLE001 - whatever a database raises, the watch goes on
                self._trouble(visible(error, 200))
                return
            self._waiting.popleft()
        if self.error:
            lost = f"; {counted(self.lost, 'run')} lost" if self.lost else ""
            self._say(f"history is written again{lost}")
            self.error = ""

    def _trouble(self, error: str) -> None:
        if not self.error:
            self._say(f"history cannot be written, runs are kept until it can: {error}")
        self.error = error or "unknown error"
