"""What a log store was seen to do: a line given to it and looked for again, and how long it keeps lines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opscheck.model.evidence import Evidence, Json
from opscheck.model.exchange import HttpExchange
from opscheck.model.request import Phases, mask_url
from opscheck.model.unmeasured import Unmeasured


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line with a mark of its own: given to the log store, then looked for until it was found or time was up.

    Attributes:
        asked: the last answer to the question for it; None where the line was not taken, so nothing was asked.
        found: the line was among what came back.
    """

    mark: str
    pushed: HttpExchange
    asked: HttpExchange | Unmeasured | None = None
    found: bool = False
    attempts: int = 1  # waiting is what is measured here: a line that comes later is not a weaker finding

    @property
    def at(self) -> datetime:
        """When the line was given."""
        return self.pushed.at

    @property
    def phases(self) -> Phases:
        """Those of giving it."""
        return self.pushed.phases

    @property
    def seconds(self) -> float:
        """From giving the line to the last question for it."""
        return (self.asked.at - self.pushed.at).total_seconds() if self.asked is not None else 0.0

    def evidence(self) -> Evidence:
        """Both answers, in short."""
        told = (
            "not asked" if self.asked is None else f"{'found' if self.found else 'not found'} {self.seconds:.1f} s on"
        )
        details: Json = {"mark": self.mark, "pushed": dict(self.pushed.evidence().as_dict())}
        if self.asked is not None:
            details["asked"] = dict(self.asked.evidence().as_dict())
        summary = f"{self.pushed.status} for the line, {told}"
        return Evidence("log-line", mask_url(self.pushed.request.url), self.at, summary, self.phases, 1, details)


@dataclass(frozen=True, slots=True)
class LogRetention:
    """How long a log store keeps lines, by the configuration that it runs with.

    Attributes:
        enabled: it deletes at all.
        seconds: how old a line gets; 0 for any age.
        period: the same as it is written there.
        problem: why the configuration cannot be read; empty where it can.
    """

    where: str
    enabled: bool
    seconds: float
    period: str
    at: datetime
    problem: str = ""
    phases: Phases = Phases()
    attempts: int = 1

    def evidence(self) -> Evidence:
        """The two settings, and nothing else of the configuration."""
        summary = f"deletes {self.enabled}, after {self.period or 'no time'}" if not self.problem else self.problem
        details: Json = {"retention_enabled": self.enabled, "retention_period": self.period}
        return Evidence("log-retention", mask_url(self.where), self.at, summary, self.phases, self.attempts, details)
