"""Any receiver that takes JSON by POST: one document for each incident that is opened or over, in order.

`schema` = `opscheck.notification/1`:

    id            of this document; the same where it is posted again because no answer came
    status        "firing" or "resolved"
    key           of the incident: the same in both
    at            when that was seen; `since` and `until`: of the incident (ISO 8601; until is null while it is open)
    host, check   where it shows; empty where it is not about one
    outcome       FAIL, UNMEASURED or DEGRADED; `severity`: critical, warning or info
    reason, remedy, runbook, likely_cause
                  one line each, empty where unknown
    cause         the id of the root cause, empty where there is none; `blocked`: results that stand behind it
    watch         what is watched
"""

from __future__ import annotations

import secrets
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from opscheck.model import Json
from opscheck.redact import Secret
from opscheck.report.visible import visible
from opscheck.watch.incidents import Event, Incident
from opscheck.watch.notify_http import Poster

SCHEMA: Final = "opscheck.notification/1"
_MOST: Final = 10_000  # documents that wait for the receiver to come back


class WebhookOutbox:
    """A queue of documents."""

    def __init__(self, url: str, headers: Mapping[str, Secret], *, title: str) -> None:
        self.name = "webhook"
        self.lost = 0
        self._title = title
        self._poster = Poster(url, headers)
        self._queue: deque[Json] = deque()

    def take(self, events: Sequence[Event], incidents: Sequence[Incident], at: datetime) -> None:  # noqa: ARG002 - Outbox
        """One document for each event."""
        for event in events:
            if len(self._queue) >= _MOST:
                self._queue.popleft()
                self.lost += 1
            self._queue.append(document(event, self._title))

    def due(self, elapsed: float) -> Json | None:  # noqa: ARG002 - Outbox
        """The oldest."""
        return self._queue[0] if self._queue else None

    def send(self, message: object) -> None:
        """One POST."""
        self._poster.post(message)

    def done(self, message: object, elapsed: float) -> None:  # noqa: ARG002 - Outbox
        """It has been taken over."""
        if self._queue and self._queue[0] is message:
            self._queue.popleft()

    @property
    def undelivered(self) -> int:
        """Documents in the queue, and those that it had no room for."""
        return len(self._queue) + self.lost

    def close(self) -> None:
        """Give its connections back."""
        self._poster.close()


def document(event: Event, title: str) -> Json:
    """What is posted."""
    incident, problem = event.incident, event.incident.problem
    texts = {
        "host": problem.host,
        "check": problem.check,
        "outcome": problem.outcome.value,
        "severity": problem.severity,
        "reason": problem.reason,
        "remedy": problem.remedy,
        "runbook": problem.runbook,
        "likely_cause": problem.likely_cause,
        "cause": problem.cause,
        "watch": title,
    }
    ended = None if event.firing else (incident.ended or event.at)
    return {
        "schema": SCHEMA,
        "id": secrets.token_hex(12),
        "status": "firing" if event.firing else "resolved",
        "key": visible(problem.key, 300),
        "at": event.at.isoformat(),
        "since": incident.since.isoformat(),
        "until": ended.isoformat() if ended is not None else None,
        **{name: visible(value, 500) for name, value in texts.items()},
        "blocked": problem.blocked,
    }
