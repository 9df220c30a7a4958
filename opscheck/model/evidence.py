"""Evidence, the verdict that rests on it, and the shape that every observation has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeAlias, runtime_checkable

from opscheck.model.request import Phases, Request, mask_url
from opscheck.model.words import Outcome
from opscheck.redact import header_value

Json: TypeAlias = dict[str, Any]


EXCERPT = 600  # characters of a body that evidence keeps


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict rests on, bounded and masked: the only form in which an observation reaches a report.

    Attributes:
        kind: the observation's kind, `http`, `stream`, `tcp`, `tls`, `dns` or `unmeasured`.
        where: masked URL or address.
        at: when it was taken (UTC).
        summary: one line, for example `HTTP/1.1 503 Service Unavailable, 212 bytes`.
        phases: seconds by phase.
        attempts: how often it was tried until this result.
        details: further JSON-ready facts, such as headers and the start of the body.
    """

    kind: str
    where: str
    at: datetime
    summary: str
    phases: Phases = Phases()
    attempts: int = 1
    details: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {
            "kind": self.kind,
            "where": self.where,
            "at": self.at.isoformat(timespec="milliseconds"),
            "summary": self.summary,
            "phases_ms": self.phases.as_dict(),
            "attempts": self.attempts,
            **self.details,
        }


@runtime_checkable
class Observation(Protocol):
    """What a probe saw: frozen, bounded, with phases and the instant it was taken."""

    @property
    def at(self) -> datetime:
        """When it was taken (UTC)."""

    @property
    def phases(self) -> Phases:
        """Seconds by phase."""

    @property
    def attempts(self) -> int:
        """How often it was tried until this result; more than one makes a pass DEGRADED."""

    def evidence(self) -> Evidence:
        """What a report may show of it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judgement of one check.

    Attributes:
        check: the check's id.
        reason: one sentence.
        expected, observed: what was promised and what was seen, each one line.
        likely_cause, remedy: what to look at and what to do, each one line; empty where unknown.
        evidence: what it rests on.
        cause: the id of the root cause, for UNMEASURED at the root and BLOCKED behind it.
        attempts: the most that any of the observations needed.
    """

    check: str
    outcome: Outcome
    reason: str
    expected: str = ""
    observed: str = ""
    likely_cause: str = ""
    remedy: str = ""
    evidence: tuple[Evidence, ...] = ()
    cause: str = ""
    attempts: int = 1


def excerpt(body: bytes) -> str:
    """The start of a body as text."""
    return body[: EXCERPT * 4].decode("utf-8", "replace")[:EXCERPT]


def request_evidence(request: Request) -> Json:
    """A request as evidence shows it: masked and bounded."""
    return {
        "method": request.method,
        "url": mask_url(request.url),
        "headers": {name: header_value(name, value) for name, value in request.headers},
        "body": excerpt(request.body),
    }
