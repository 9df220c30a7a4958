"""What a window's log comes to: opened, how it went, closed or not. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from opscheck.report.summary import odd_end
from opscheck.window.log import Entry, Log
from opscheck.window.roles import Role
from opscheck.window.spans import Span


class Phase(StrEnum):
    """When a run was made."""

    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run that belongs to the window.

    Attributes:
        number: of its entry in the log.
        file: the report's name below the window's folder.
        exit_code: of the run's process.
    """

    number: int
    phase: Phase
    at: datetime
    by: str
    file: str
    decision: str
    exit_code: int

    @property
    def trouble(self) -> str:
        """How its process ended, where that is more than its report tells; empty where it is not."""
        return odd_end(self.exit_code, self.decision)


@dataclass(frozen=True, slots=True)
class Window:
    """A window as its log tells it.

    Attributes:
        span: from when until when it may be used.
        rule: the schedule that it follows; empty for an emergency.
        incident: the incident of an emergency; empty for a scheduled one.
        announced: `{"where", "at"}`.
        rollback: `{"file", ...}` or `{"text"}`.
        remarks: what was weak when it was opened, each one line.
        notes: steps and deviations, in order.
        closing: what was told at the end: `{"communicated", "lessons", "tracker"}`.
    """

    name: str
    hosts: Sequence[str]
    opened: datetime
    opened_by: str
    span: Span
    rule: str = ""
    incident: str = ""
    reason: str = ""
    roles: Sequence[Role] = ()
    announced: Mapping[str, str] = field(default_factory=dict)
    rollback: Mapping[str, Any] = field(default_factory=dict)
    escalation: Sequence[str] = ()
    remarks: Sequence[str] = ()
    snapshots: Sequence[Entry] = ()
    runs: Sequence[KeptRun] = ()
    notes: Sequence[Entry] = ()
    reports: Sequence[Entry] = ()
    closed: datetime | None = None
    closed_by: str = ""
    closing: Mapping[str, Any] = field(default_factory=dict)
    entries: Sequence[Entry] = ()

    @property
    def is_open(self) -> bool:
        """Opened and not closed."""
        return self.closed is None

    def allows(self, at: datetime) -> bool:
        """Whether something may be changed at a moment."""
        return self.is_open and self.opened <= at and at in self.span

    def latest(self, phase: Phase) -> KeptRun | None:
        """The newest run of a phase."""
        return next((one for one in reversed(self.runs) if one.phase is phase), None)

    @property
    def steps(self) -> list[Entry]:
        """What was done."""
        return [one for one in self.notes if one.kind == "step"]

    @property
    def deviations(self) -> list[Entry]:
        """What went otherwise than planned."""
        return [one for one in self.notes if one.kind == "deviation"]


def window_of(log: Log) -> Window | None:
    """The window that a log tells of; None for an empty one."""
    if not log.entries or log.entries[0].kind != "opened":
        return None
    first, entries = log.entries[0], log.entries
    told = first.data
    closing = next((one for one in entries if one.kind == "closed"), None)
    return Window(
        name=str(told["name"]),
        hosts=tuple(told["hosts"]),
        opened=first.at,
        opened_by=first.by,
        span=Span(datetime.fromisoformat(told["from"]), datetime.fromisoformat(told["until"])),
        rule=told["rule"],
        incident=told["incident"],
        reason=told["reason"],
        roles=[Role(**one) for one in told["roles"]],
        announced=told["announced"],
        rollback=told["rollback"],
        escalation=told["escalation"],
        remarks=told["remarks"],
        snapshots=[one for one in entries if one.kind == "snapshot"],
        runs=[_run(one) for one in entries if one.kind == "run"],
        notes=[one for one in entries if one.kind in ("step", "deviation")],
        reports=[one for one in entries if one.kind == "report"],
        closed=closing.at if closing else None,
        closed_by=closing.by if closing else "",
        closing=closing.data if closing else {},
        entries=entries,
    )


def _run(entry: Entry) -> KeptRun:
    data = entry.data
    return KeptRun(
        number=entry.number,
        phase=Phase(data["phase"]),
        at=entry.at,
        by=entry.by,
        file=data["file"],
        decision=data["decision"],
        exit_code=int(data.get("exit_code", 0)),
    )
