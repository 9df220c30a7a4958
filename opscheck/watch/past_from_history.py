"""What history knows, read once at the start and beside the rounds, so that the first of them is not late."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import Final, Protocol

from opscheck.report.visible import visible
from opscheck.watch.incidents import Incident
from opscheck.watch.past import DAYS, DayCounts, Sample
from opscheck.watch.resuming import Recorded, Reports, left_open
from opscheck.watch.view import Board

_HOURS: Final = timedelta(hours=24)
_AT_ONCE: Final = 500  # records that are taken over before others get their turn
_MOST: Final = 400_000  # results of the last day that are looked at


class Readable(Reports, Protocol):
    """What is asked of history."""

    def days(self, *, since: date | None = None, until: date | None = None) -> Iterable[DayCounts]:
        """Each check of each host by day, `until` excluded."""

    def runs(
        self,
        *,
        since: datetime | None = None,
        source: str = "",
        argv: Sequence[str] = (),
        limit: int | None = None,
    ) -> Sequence[Recorded]:
        """Runs, newest first."""

    def results(self, *, since: datetime | None = None) -> Iterable[Sample]:
        """Results, oldest first."""


Opened = Callable[[], AbstractContextManager[Readable]]


class Loading:
    """Fills a board's past from history, in a thread.

    Args:
        opened: opens history for this thread alone.
        until: what is later is told by the watch itself.
        argv: the command of the watch, as its rounds are recorded; without it no incident is taken over.
        patience: rounds in a row that it takes to open or close an incident.
    """

    def __init__(
        self, board: Board, opened: Opened, until: datetime, *, argv: Sequence[str] = (), patience: int = 2
    ) -> None:
        self._board = board
        self._opened = opened
        self._until = until
        self._argv = argv
        self._patience = patience
        self._given_up = False
        self._left_open: list[Incident] = []
        self.error = ""
        self._thread = threading.Thread(target=self.load, name="opscheck-past", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, patience: float = 2.0) -> None:
        """Give up, where it is not done."""
        self._given_up = True
        if self._thread.is_alive():
            self._thread.join(patience)

    def load(self) -> None:
        """All of it, in the thread of whoever calls; what goes wrong is in `error`."""
        try:
            with self._opened() as history:
                self._resume(history)
                today = self._until.date()
                self._take(history.days(since=today - timedelta(days=DAYS), until=today), self._board.past.day)
                self._take(history.results(since=self._since(history)), self._sample)
            with self._board.past_lock:
                self._board.past.loaded()
        except Exception as error:  # noqa: BLE001 - without its past a watch still watches
            self.error = f"the past could not be read from history: {visible(error, 200)}"

    def _resume(self, history: Readable) -> None:
        if self._argv:
            found = left_open(history, self._argv, self._patience)
            self._board.show_before(found)
            self._left_open = found

    def incidents(self) -> list[Incident]:
        """What the watch before left open, once; empty until it is known, and afterwards."""
        found, self._left_open = self._left_open, []
        return found

    def _since(self, history: Readable) -> datetime:
        """A day ago; later, where that would be more results than the start is worth."""
        since, number = self._until, 0
        for run in history.runs(since=self._until - _HOURS):
            number += sum(run.counts.values())
            if number > _MOST:
                break
            since = min(since, run.started)
        return since

    def _sample(self, one: Sample) -> None:
        # Today is not among the days above: those would hold what the watch has recorded since its start.
        if one.at < self._until:
            self._board.past.sample(one, days=one.at.date() == self._until.date())

    def _take(self, records: Iterable[object], into: Callable[..., None]) -> None:
        batch: list[object] = []
        for one in records:
            if self._given_up:
                break
            batch.append(one)
            if len(batch) >= _AT_ONCE:
                self._hand_over(batch, into)
        self._hand_over(batch, into)

    def _hand_over(self, batch: list[object], into: Callable[..., None]) -> None:
        with self._board.past_lock:
            for one in batch:
                into(one)
        batch.clear()
