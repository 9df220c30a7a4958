"""The probe could not see: a type of its own. And the same question asked several times."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opscheck.model.evidence import Evidence, Json, Observation, request_evidence
from opscheck.model.request import Phases, Request
from opscheck.model.words import Kind


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """The probe could not see. A type of its own: not an answer, and never a failure of what was asked.

    Attributes:
        kind: why.
        detail: one line, masked, such as `connection refused by 127.0.0.1:9`.
        where: masked URL or address.
        cause: the id of the root cause where the preflight of a component failed, else empty; whoever has a
            cause was not asked at all.
        silence: the id of the root cause where the component took the connection and has answered nothing to anybody;
            a check that judges waiting in vain still gets to judge it.
        remedy: what to do, where that is known (for example the command that installs a missing tool).
        request: what was to be asked, where there is such a thing.
    """

    kind: Kind
    detail: str
    where: str
    at: datetime
    phases: Phases = Phases()
    attempts: int = 1
    cause: str = ""
    remedy: str = ""
    request: Request | None = None
    silence: str = ""

    @property
    def connected(self) -> bool:
        """The peer was reached: what is missing is its answer."""
        return self.phases.connect is not None or self.phases.first_byte is not None

    def evidence(self) -> Evidence:
        """The kind and the detail."""
        details: Json = {"unmeasured": self.kind.value, "cause": self.cause or self.silence}
        if self.request is not None:
            details["request"] = request_evidence(self.request)
        summary = f"{self.kind.value}: {self.detail}"
        return Evidence("unmeasured", self.where, self.at, summary, self.phases, self.attempts, details)


@dataclass(frozen=True, slots=True)
class Samples:
    """The same question asked several times, for answers that vary by nature."""

    taken: tuple[Observation | Unmeasured, ...]

    def evidence(self) -> tuple[Evidence, ...]:
        """One for each."""
        return tuple(sample.evidence() for sample in self.taken)
