"""A round: its report, or why there is none. And what was not sampled at all."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from opscheck.report.run import RunInfo, RunReport
from opscheck.report.visible import visible

USAGE = 4  # pytest's exit code for options that cannot be used
DOUBTFUL = "the round did not end as its report says"  # a note of such a report
NOTHING = 5  # and for a selection that selects nothing


@dataclass(frozen=True, slots=True)
class Round:
    """What became of one round.

    Attributes:
        started, finished: by the wall clock (UTC).
        seconds: how long it took, by a clock that cannot be set.
        report: what it found; None where it failed.
        failure: why there is no report, one line.
        doubt: why the report does not tell all, one line; empty where it does.
        code: the exit code of its process; None where it was killed or never started.
        said: the last lines that it printed, for a failure.
        stopped: it was broken off because the watch ends.
    """

    started: datetime
    finished: datetime
    seconds: float
    report: RunReport | None = None
    failure: str = ""
    doubt: str = ""
    code: int | None = None
    said: Sequence[str] = ()
    stopped: bool = False

    @property
    def refused(self) -> bool:
        """Its options cannot be used: the next one will fare no better."""
        return self.report is None and self.code in (USAGE, NOTHING)


class Rounds(Protocol):
    """Whatever runs a round."""

    def run(self) -> Round:
        """Run one to its end, its limit, or the request to stop; never raises for what happens in the round."""


class Why(StrEnum):
    """Why there is no sample."""

    OVERRUN = "overrun"
    ASLEEP = "asleep"
    FAILED = "failed"
    CLOCK = "clock"
    INCOMPLETE = "incomplete"
    UNRECORDED = "unrecorded"

    @property
    def note(self) -> str:
        """What a report of it says beside the reason."""
        return f"no samples: {self.value}"


@dataclass(frozen=True, slots=True)
class Gap:
    """A time without samples; it counts as nothing, least of all as zero.

    Attributes:
        since, until: by the wall clock (UTC).
        missed: slots of the grid that have no sample.
        told: one line that says why.
    """

    since: datetime
    until: datetime
    missed: int
    why: Why
    told: str

    @property
    def seconds(self) -> float:
        """How long."""
        return max((self.until - self.since).total_seconds(), 0.0)

    def line(self) -> str:
        """`no samples from 12:00:00 to 12:10:00 UTC (20 missed): the machine slept`."""
        missed = f" ({self.missed} missed)" if self.missed else ""
        since, until = (at.strftime("%Y-%m-%d %H:%M:%S") for at in (self.since, self.until))
        return f"no samples from {since} to {until} UTC{missed}: {self.told}"

    def report(self, version: str, argv: Sequence[str]) -> RunReport:
        """The gap as history keeps it: a run of this command that judged nothing, and says why.

        Args:
            version: of opscheck.
        """
        name = f"{self.since:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"
        info = RunInfo(name, self.since, max(self.since, self.until), version, tuple(argv))
        return RunReport(info, (), (), notes=(self.why.note,), incomplete=visible(self.told, 300))
