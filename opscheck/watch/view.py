"""What a watch knows at one moment, handed from the watcher to whoever asks for it: frozen, and replaced whole."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Protocol

from opscheck.model import Outcome
from opscheck.report.prometheus import Family
from opscheck.watch.incidents import Incident
from opscheck.watch.past import Past
from opscheck.watch.problems import Place
from opscheck.watch.rounds import Gap


@dataclass(frozen=True, slots=True)
class Now:
    """The last outcome of a check on a host, and why it is not green."""

    outcome: Outcome
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WindowView:
    """A maintenance window that is open."""

    name: str
    since: datetime | None = None
    until: datetime | None = None
    hosts: Sequence[str] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rounds so far.

    Attributes:
        rounds: that came to a report.
        failed: that did not.
        missed: slots of the grid without samples, whatever the reason.
        late: seconds between when the last round was due and its start.
        latest: the most that it has been.
    """

    rounds: int = 0
    failed: int = 0
    missed: int = 0
    late: float = 0.0
    latest: float = 0.0


@dataclass(frozen=True, slots=True)
class View:
    """A moment of a watch.

    Attributes:
        title: what is watched, such as `-m legacy --host prod`.
        at: the moment (UTC).
        finished, finished_elapsed: the end of the last round with a report, by both clocks; None before the first.
        now: the last outcome by host and check.
        hosts: those of its rounds so far.
        history: where it is recorded, fit to be shown; empty where it is not.
        history_error: why it cannot be; empty where it can.
        notes: what else a reader should know, each one line.
    """

    title: str
    started: datetime
    at: datetime
    every: float
    counts: Counts = field(default_factory=Counts)
    decision: str = ""
    headline: str = ""
    finished: datetime | None = None
    finished_elapsed: float | None = None
    now: Mapping[Place, Now] = field(default_factory=dict)
    hosts: frozenset[str] = frozenset()
    incidents: Sequence[Incident] = ()
    windows: Sequence[WindowView] = ()
    gaps: Sequence[Gap] = ()
    families: Sequence[Family] = ()
    history: str = ""
    history_error: str = ""
    notes: Sequence[str] = ()
    version: int = 0


class Pending(Protocol):
    """Whoever has something left to deliver."""

    @property
    def name(self) -> str:
        """What it delivers to, fit to be shown."""

    @property
    def undelivered(self) -> int:
        """How much is left."""

    @property
    def error(self) -> str:
        """Why the last attempt failed; empty where it did not."""


class Board:
    """The last view, and by when the watcher has to be heard of again; safe from several threads."""

    def __init__(self, view: View, receivers: Sequence[Pending] = ()) -> None:
        self.receivers = receivers
        self.past = Past()
        self.past_lock = threading.Lock()  # held by whoever reads or changes the past
        self._lock = threading.Lock()
        self._view = view
        self._phase = "starting"
        self._by = float("inf")

    @property
    def view(self) -> View:
        """The last one."""
        with self._lock:
            return self._view

    def publish(self, view: View) -> None:
        """Replace it."""
        with self._lock:
            self._view = view

    def show_before(self, incidents: Sequence[Incident]) -> None:
        """What an earlier watch left open, to be shown until the first round is over."""
        with self._lock:
            if not self._view.version:
                self._view = replace(self._view, incidents=tuple(incidents))

    def expect(self, phase: str, by: float) -> None:
        """The watcher is about to do something that ends by then (seconds of `Clock.elapsed`)."""
        with self._lock:
            self._phase, self._by = phase, by

    def overdue(self, elapsed: float) -> str:
        """What the watcher is stuck in; empty where it is not."""
        with self._lock:
            if elapsed <= self._by:
                return ""
            return f"the watcher has been {self._phase} for {elapsed - self._by:.0f} s longer than that may take"
