"""Alertmanager, by its API v2: what is open is said again and again, what is over is said until it is heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from opscheck.model import Json, Outcome
from opscheck.redact import Secret
from opscheck.report.visible import counted, visible
from opscheck.watch.clock import Clock
from opscheck.watch.incidents import Event, Incident
from opscheck.watch.notify_http import Poster
from opscheck.watch.problems import Problem

_NAMES: Final = {
    Outcome.FAIL: "OpscheckFailed",
    Outcome.UNMEASURED: "OpscheckUnmeasured",
    Outcome.DEGRADED: "OpscheckDegraded",
}
_AGAIN: Final = 60.0  # seconds between two times that an unchanged alert is said


@dataclass(frozen=True, slots=True)
class _Message:
    alerts: tuple[Json, ...]
    resolved: frozenset[str]
    version: int


class AlertmanagerOutbox:
    """Says what is open, with an end that lies some rounds ahead, so that nothing is left open if the watch ends.

    Args:
        url: of the Alertmanager, such as `http://127.0.0.1:9093`.
        every: seconds between rounds.
    """

    def __init__(self, url: str, headers: Mapping[str, Secret], *, every: float, clock: Clock) -> None:
        base = url.rstrip("/")
        self.name = "alertmanager"
        self._poster = Poster(base if base.endswith("/api/v2/alerts") else f"{base}/api/v2/alerts", headers)
        self._clock = clock
        self._lasts = timedelta(seconds=max(4 * every, 4 * _AGAIN))
        self._open: dict[str, Incident] = {}
        self._over: dict[str, Incident] = {}
        self._unheard: set[str] = set()  # keys of events that no attempt has delivered yet
        self._version = self._sent = 0
        self._sent_at = float("-inf")

    def take(self, events: Sequence[Event], incidents: Sequence[Incident], at: datetime) -> None:  # noqa: ARG002 - Outbox
        """Take over what is open; changes are said at once."""
        before = self._open
        self._open = {one.problem.key: one for one in incidents}
        for event in events:
            key = event.incident.problem.key
            self._unheard.add(key)
            if event.firing:
                self._over.pop(key, None)
            else:
                self._over[key] = event.incident
        changed = any(_said(before.get(key)) != _said(one) for key, one in self._open.items())
        self._version += bool(events) or changed

    def due(self, elapsed: float) -> _Message | None:
        """Everything, where something has changed or it is time to say it again."""
        if self._version == self._sent and (not self._open or elapsed - self._sent_at < _AGAIN):
            return None
        ends = self._clock.now() + self._lasts
        alerts = [alert(one, ends) for one in self._open.values()]
        alerts += [alert(one, one.ended or one.last) for one in self._over.values()]
        return _Message(tuple(alerts), frozenset(self._over), self._version)

    def send(self, message: object) -> None:
        """One POST."""
        if isinstance(message, _Message) and message.alerts:
            self._poster.post(list(message.alerts))

    def done(self, message: object, elapsed: float) -> None:
        """It has been heard."""
        if isinstance(message, _Message):
            self._sent, self._sent_at = message.version, elapsed
            if message.version == self._version:
                self._unheard.clear()
                self._over.clear()

    @property
    def undelivered(self) -> int:
        """Incidents whose last change has not been heard."""
        return len(self._unheard)

    def close(self) -> None:
        """Give its connections back."""
        self._poster.close()


def _said(incident: Incident | None) -> object:
    return None if incident is None else (incident.problem.reason, incident.problem.remedy, incident.since)


def labels(problem: Problem) -> dict[str, str]:
    """What tells alerts apart; the same in every round, or Alertmanager would see another one."""
    named = {
        "alertname": _NAMES[problem.outcome],
        "severity": problem.severity,
        "source": "opscheck",
        "host": problem.host,
        "check": problem.check,
        "cause": _cause(problem) if problem.cause else "",
    }
    return {name: visible(value, 200) for name, value in named.items() if value}


def _cause(problem: Problem) -> str:
    """The cause without the host, which has a label of its own, and without how it showed this time."""
    kind, _, rest = problem.key.partition("/")
    return problem.cause if kind == "likely" else rest


def alert(incident: Incident, ends: datetime) -> Json:
    """One alert, as the API wants it."""
    problem = incident.problem
    behind = f" ({counted(problem.blocked, 'more result')} behind it)" if problem.blocked else ""
    notes = {
        "summary": f"{problem.check or problem.cause or 'watching'}"
        f"{f' on {problem.host}' if problem.host else ''}: {problem.reason}",
        "reason": f"{problem.reason}{behind}",
        "remedy": problem.remedy,
        "likely_cause": problem.likely_cause,
        "runbook": problem.runbook,
    }
    return {
        "labels": labels(problem),
        "annotations": {name: visible(value, 500) for name, value in notes.items() if value},
        "startsAt": incident.since.isoformat(),
        "endsAt": ends.isoformat(),
    }
