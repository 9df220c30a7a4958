"""What a whole watch comes to: its summary and its exit code."""

from __future__ import annotations

import statistics
from array import array
from dataclasses import dataclass, field
from typing import Final

from opscheck.model import Outcome
from opscheck.report.run import RunReport
from opscheck.report.summary import Decision, exit_code
from opscheck.report.visible import counted
from opscheck.watch.problems import Place, gravest
from opscheck.watch.rounds import Round

_MOST: Final = 20  # places that the summary names
USER_ERROR: Final = 4


@dataclass(slots=True)
class Total:
    """Adds up a watch.

    Attributes:
        rounds, failed, missed, gaps: rounds with a report and without, slots without samples, gaps of any kind.
        unrecorded: runs that history did not take.
        stopped: it was asked to stop before its time.
        refused: the first round, where its options cannot be used.
        bad: how often each check on a host failed, or could not be seen.
    """

    rounds: int = 0
    failed: int = 0
    missed: int = 0
    gaps: int = 0
    unrecorded: int = 0
    stopped: bool = False
    refused: Round | None = None
    decisions: dict[Decision, int] = field(default_factory=dict)
    bad: dict[tuple[Place, Outcome], int] = field(default_factory=dict)
    lateness: array[float] = field(default_factory=lambda: array("f"))

    def add(self, report: RunReport) -> None:
        """A round with a report."""
        self.rounds += 1
        self.decisions[report.decision] = self.decisions.get(report.decision, 0) + 1
        for place, outcome in gravest(report.results).items():
            if outcome in (Outcome.FAIL, Outcome.UNMEASURED, Outcome.BLOCKED):
                self.bad[place, outcome] = self.bad.get((place, outcome), 0) + 1

    def late(self, seconds: float) -> None:
        """A round began that much later than it was due."""
        self.lateness.append(seconds)

    def decision(self, *, endless: bool) -> Decision:
        """FAIL where any round failed; UNMEASURED where a round or a slot is missing, or nothing was seen at all.

        Args:
            endless: the watch had no end of its own, so that stopping it leaves nothing out.
        """
        if Decision.FAIL in self.decisions:
            return Decision.FAIL
        holes = self.failed or self.missed or self.unrecorded or (self.stopped and not endless)
        if not self.rounds or Decision.UNMEASURED in self.decisions or holes:
            return Decision.UNMEASURED
        return Decision.DEGRADED if Decision.DEGRADED in self.decisions else Decision.GO

    def exit_code(self, *, endless: bool) -> int:
        """0 GO, 10 DEGRADED, 20 FAIL, 30 UNMEASURED, 4 where the options cannot be used."""
        return USER_ERROR if self.refused is not None else exit_code(self.decision(endless=endless))

    def lines(self, *, endless: bool, seconds: float) -> list[str]:
        """The summary, one line a fact."""
        by = ", ".join(f"{number:,} {decision}" for decision, number in sorted(self.decisions.items()))
        lines = [f"watched for {_span(seconds)}: {counted(self.rounds, 'round')}{f' ({by})' if by else ''}"]
        worst = sorted(self.bad.items(), key=lambda item: (item[0][1].gravity, -item[1], item[0][0]))
        for ((host, check), outcome), times in worst[:_MOST]:
            lines.append(f"  {outcome} {counted(times, 'time')}: {check} on {host}")
        if len(worst) > _MOST:
            lines.append(f"  and {len(worst) - _MOST:,} more")
        if self.lateness:
            lines.append(
                f"rounds began {statistics.median(self.lateness):.2f} s late in the middle, "
                f"{max(self.lateness):.2f} s at most"
            )
        if self.missed or self.failed:
            lines.append(
                f"{counted(self.missed, 'slot')} without samples, {self.failed:,} of them failed rounds: they count as "
                "nothing seen, not as nothing wrong"
            )
        if self.unrecorded:
            lines.append(f"{counted(self.unrecorded, 'run')} could not be recorded")
        stopped = ", stopped before its time" if self.stopped and not endless else ""
        return [*lines, f"{self.decision(endless=endless)}{stopped}"]


def _span(seconds: float) -> str:
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {left} s" if minutes else f"{left} s"
