"""What the watch before left open: its last rounds, taken from history through the same rules once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Protocol

from opscheck.model import Outcome
from opscheck.report.run import RunReport
from opscheck.watch.incidents import Incident, Incidents
from opscheck.watch.problems import gravest, problems

_LOOKED_AT: Final = 400  # recorded runs, among which other watches of the same history may be
_ROUNDS: Final = 6  # rounds that are gone through, for each that it takes to open an incident
_QUIET: Final = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE, Outcome.WAIVED})


class Recorded(Protocol):
    """A round as history lists it."""

    @property
    def id(self) -> str:
        """The run's id."""

    @property
    def started(self) -> datetime:
        """When it began (UTC)."""

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many results have each outcome."""

    @property
    def incomplete(self) -> str:
        """Why not everything was judged."""

    @property
    def argv(self) -> Sequence[str]:
        """Its command."""


class Reports(Protocol):
    """What is asked of history."""

    def runs(self, *, source: str = "", limit: int | None = None) -> Sequence[Recorded]:
        """Runs, newest first."""

    def report(self, run_id: str) -> RunReport | None:
        """The report of a run, failures in full."""


def left_open(history: Reports, argv: Sequence[str], patience: int) -> list[Incident]:
    """The incidents that were open after the last recorded round of the watch with this command.

    Args:
        argv: the command, as `watched` tells it: a watch of something else knows nothing of these.
        patience: rounds in a row that it takes to open or close one.
    """
    mine = [one for one in history.runs(source="watch", limit=_LOOKED_AT) if tuple(one.argv) == tuple(argv)]
    incidents = Incidents(patience)
    for record in reversed(mine[: _ROUNDS * patience]):
        whole = not record.incomplete
        if whole and record.counts.keys() <= _QUIET:
            incidents.take({}, {}, record.started)
        elif (report := history.report(record.id)) is not None:
            found = problems(report.results, report.triage)
            incidents.take(found, gravest(report.results), record.started, whole=whole, certain=whole)
    return incidents.open()


def watched(arguments: Sequence[str]) -> tuple[str, ...]:
    """The command of a watch with these options of its rounds, as history keeps it.

    >>> watched(["-m", "smoke"])
    ('opscheck', 'watch', '-m', 'smoke')
    """
    return ("opscheck", "watch", *arguments)
