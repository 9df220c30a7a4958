"""What history gives back: a run, a result, a day of a check. Instants are timezone-aware UTC, times seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from opscheck.history.sketch import Sketch
from opscheck.model import Json, Outcome


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run.

    Attributes:
        decision: `GO`, `DEGRADED`, `FAIL` or `UNMEASURED`.
        hosts: the hosts that were asked, as the report lists them.
        source: `run`, `watch` or `window`; `import` for a report that was made elsewhere.
        window: the maintenance window that it belongs to; empty for none.
        incomplete: why not everything that was selected was judged; empty where it was.
        counts: how many results have each outcome; outcomes that do not occur are left out.
        argv: the command, as its report tells it; empty where it was recorded by the first schema.
    """

    id: str
    started: datetime
    finished: datetime
    version: str
    decision: str
    hosts: tuple[str, ...]
    source: str = "run"
    window: str = ""
    incomplete: str = ""
    counts: Mapping[Outcome, int] = field(default_factory=dict)
    argv: tuple[str, ...] = ()

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {
            "id": self.id,
            "started": self.started.isoformat(timespec="milliseconds"),
            "finished": self.finished.isoformat(timespec="milliseconds"),
            "version": self.version,
            "decision": self.decision,
            "hosts": list(self.hosts),
            "source": self.source,
            "window": self.window,
            "incomplete": self.incomplete,
            "counts": {outcome.value: number for outcome, number in self.counts.items()},
            "argv": list(self.argv),
        }


@dataclass(frozen=True, slots=True)
class ResultRecord:
    """One check on one host in one run.

    Attributes:
        run: the run's id.
        at: when it was observed: the first of its exchanges, where it had none the end of the run.
        test: the node id.
        reason: why it is not green; empty for PASS.
        seconds: the slowest of its exchanges, three digits of it; None where nothing was timed.
        cause: the id of the root cause, for UNMEASURED at the root and BLOCKED behind it.
        facts: numbers and words that its evidence hands on, such as `hits` or `llm_path`.
    """

    run: str
    at: datetime
    host: str
    check: str
    test: str
    outcome: Outcome
    reason: str = ""
    seconds: float | None = None
    cause: str = ""
    markers: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {
            "run": self.run,
            "at": self.at.isoformat(timespec="milliseconds"),
            "host": self.host,
            "check": self.check,
            "test": self.test,
            "outcome": self.outcome.value,
            "reason": self.reason,
            "seconds": self.seconds,
            "cause": self.cause,
            "markers": list(self.markers),
            "facts": dict(self.facts),
        }


@dataclass(frozen=True, slots=True)
class DayRecord:
    """One check of one host on one day (UTC), summed up over all its runs: it stays when their results are pruned.

    Attributes:
        counts: how many results have each outcome; outcomes that do not occur are left out.
        latency: a mergeable sketch of the seconds.
    """

    day: date
    host: str
    check: str
    test: str
    counts: Mapping[Outcome, int]
    latency: Sketch
