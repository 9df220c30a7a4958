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


@dataclass(frozen=True, slots=True)
class FoundLines:
    """The lines of logs that hold one of some marks.

    Attributes:
        where: the files, or the masked address of the log store.
        lines: at most some dozen, each at most some thousand characters.
        searched: what was looked through, in words.
        problem: why nothing could be looked through; empty where something was.
    """

    where: str
    lines: tuple[str, ...]
    searched: str
    at: datetime
    problem: str = ""
    phases: Phases = Phases()
    attempts: int = 1

    def evidence(self) -> Evidence:
        """How many, and the first of them."""
        summary = self.problem or f"{len(self.lines)} lines, {self.searched}"
        details: Json = {"lines": [line[:500] for line in self.lines[:5]]}
        return Evidence("log-lines", self.where, self.at, summary, self.phases, self.attempts, details)


@dataclass(frozen=True, slots=True)
class RequestLog:
    """A request with an id and a trace of our own, and what the log has of it.

    Attributes:
        request_id, trace_id: as sent.
        found: what was found by either, as last looked for.
    """

    request_id: str
    trace_id: str
    answer: HttpExchange
    found: FoundLines
    attempts: int = 1  # a line comes when it comes: only never is a finding

    @property
    def at(self) -> datetime:
        """When it was asked."""
        return self.answer.at

    @property
    def phases(self) -> Phases:
        """Those of the request."""
        return self.answer.phases

    @property
    def known_as(self) -> str:
        """The id by which its answer calls it; ours, where the answer tells none."""
        return self.answer.header("x-request-id") or self.request_id

    def evidence(self) -> Evidence:
        """The request, and the lines."""
        details: Json = {
            "asked": dict(self.answer.evidence().as_dict()),
            "found": {"where": self.found.where, "lines": [line[:500] for line in self.found.lines[:5]]},
        }
        summary = f"{self.answer.status}, {self.found.problem or f'{len(self.found.lines)} lines'}"
        where = mask_url(self.answer.request.url)
        return Evidence("request-log", where, self.at, summary, self.phases, 1, details)
