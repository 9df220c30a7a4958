"""What a checklist comes to, in words that do not change: the state of an item, its finding, the report of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from opscheck.model import Json
from opscheck.redact import Redactor

SCHEMA: Final = "opscheck.release/1"


class State(StrEnum):
    """What became of an item, gravest first. Only the last four let a release go."""

    NOT_MET = "not met"
    UNMEASURED = "not measured"
    UNATTESTED = "not attested"
    LATER = "not due yet"
    NOT_APPLICABLE = "not applicable"
    WAIVED = "waived"
    MET = "met"

    @property
    def lets_go(self) -> bool:
        """The item stands in nobody's way."""
        return self not in (State.NOT_MET, State.UNMEASURED, State.UNATTESTED)


class Go(StrEnum):
    """The decision."""

    GO = "GO"
    NO_GO = "NO-GO"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a measurement came to, before waivers and due dates.

    Attributes:
        reason: one sentence.
        evidence: further lines, each printable by itself.
        remedy: what to do, one line; empty where there is nothing to do.
        waiver: what lets it go although it is not met, in one line.
    """

    state: State
    reason: str
    evidence: tuple[str, ...] = ()
    remedy: str = ""
    waiver: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One item of the checklist and what became of it.

    Attributes:
        how: `automatic`, `imported` or `attested`.
        counts: the decision rests on it; one that does not count is only told.
        waiver: reason, owner and expiry in one line, where there is one.
        seconds: that the measurement took.
    """

    id: str
    title: str
    kind: str
    state: State
    reason: str
    evidence: tuple[str, ...] = ()
    remedy: str = ""
    how: str = "automatic"
    counts: bool = True
    waiver: str = ""
    seconds: float = 0.0

    @property
    def stands_in_the_way(self) -> bool:
        """It alone makes the decision NO-GO."""
        return self.counts and not self.state.lets_go

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {
            "id": self.id,
            "title": self.title,
            "kind": self.kind,
            "state": self.state.value,
            "reason": self.reason,
            "evidence": list(self.evidence),
            "remedy": self.remedy,
            "how": self.how,
            "counts": self.counts,
            "waiver": self.waiver,
            "seconds": round(self.seconds, 3),
        }


@dataclass(frozen=True, slots=True)
class StepTold:
    """One step of a playbook.

    Attributes:
        number: from 1 on.
        standing: `done`, `next` or `later`.
        why: what its standing rests on.
    """

    number: int
    title: str
    standing: str
    why: str
    do: str = ""

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {
            "number": self.number,
            "title": self.title,
            "standing": self.standing,
            "why": self.why,
            "do": self.do,
        }


@dataclass(frozen=True, slots=True)
class ReleaseReport:
    """A checklist that was gone through; instants are timezone-aware UTC.

    Attributes:
        release: what the decision is about: a commit or a name.
        range: the commits that were looked at; empty where none were.
        playbook: the steps of a cutover, where the checklist has some.
        notes: what else a reader should know, each one line.
    """

    plan: str
    title: str
    release: str
    hosts: tuple[str, ...]
    started: datetime
    finished: datetime
    version: str
    findings: tuple[Finding, ...]
    range: str = ""
    playbook: tuple[StepTold, ...] = ()
    notes: tuple[str, ...] = ()
    checklists: tuple[str, ...] = ()
    argv: tuple[str, ...] = field(default=())

    def masked(self, redactor: Redactor) -> ReleaseReport:
        """The same with every registered secret masked, and credentials in URLs."""
        text = redactor.text

        def lines(values: Sequence[str]) -> tuple[str, ...]:
            return tuple(map(text, values))

        findings = tuple(_masked(finding, redactor) for finding in self.findings)
        steps = tuple(replace(step, why=text(step.why), do=text(step.do)) for step in self.playbook)
        changes: dict[str, Any] = {name: text(getattr(self, name)) for name in ("title", "release", "range")}
        changes |= {name: lines(getattr(self, name)) for name in ("hosts", "notes", "checklists", "argv")}
        return replace(self, findings=findings, playbook=steps, **changes)


def _masked(finding: Finding, redactor: Redactor) -> Finding:
    names = ("title", "reason", "remedy", "waiver")
    changes: dict[str, Any] = {name: redactor.text(getattr(finding, name)) for name in names}
    return replace(finding, evidence=tuple(map(redactor.text, finding.evidence)), **changes)
