"""What the watch before left open: its last rounds, taken from history through the same rules once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final, Protocol

from opscheck.model import Outcome
from opscheck.report.run import RunReport
from opscheck.watch.incidents import Incident, Incidents
from opscheck.watch.problems import ROUNDS, gravest, no_rounds, problems
from opscheck.watch.rounds import DOUBTFUL, Why

_LOOKED_AT: Final = 20_000  # recorded rounds: a week of one every 30 s
_REPORTS: Final = 200  # that are read at most, the newest
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


class Reports(Protocol):
    """What is asked of history."""

    def runs(self, *, source: str = "", argv: Sequence[str] = (), limit: int | None = None) -> Sequence[Recorded]:
        """Runs, newest first."""

    def report(self, run_id: str) -> RunReport | None:
        """The report of a run, failures in full."""


def left_open(history: Reports, argv: Sequence[str], patience: int) -> list[Incident]:
    """The incidents that were open after the last recorded round of the watch with this command.

    Args:
        argv: the command, as `watched` tells it: a watch of something else knows nothing of these.
        patience: rounds in a row that it takes to open or close one.
    """
    incidents = Incidents(patience)
    for record in _that_matter(history, argv, patience):
        _replay(incidents, record, history)
    return incidents.open()


def _replay(incidents: Incidents, record: Recorded, history: Reports) -> None:
    """As the watch did when the round was over."""
    at, whole = record.started, not record.incomplete
    if _is_quiet(record):
        incidents.take({}, {}, at)
    elif not record.counts:
        incidents.take({ROUNDS: no_rounds(record.incomplete)}, {}, at, whole=False)
    elif (report := history.report(record.id)) is not None:
        found, doubtful = problems(report.results, report.triage), DOUBTFUL in report.notes
        if doubtful:
            found[ROUNDS] = no_rounds(record.incomplete)
        incidents.take(found, gravest(report.results), at, whole=whole, certain=not doubtful)


def _that_matter(history: Reports, argv: Sequence[str], patience: int) -> list[Recorded]:
    """The rounds since all was well, oldest first; of many in a row that came to the same, the first and the last."""
    mine = _samples(history, argv)
    quiet, since = 0, len(mine)
    for place, record in enumerate(mine):
        quiet = quiet + 1 if _is_quiet(record) else 0
        if quiet == patience:
            since = place + 1
            break
    chosen: list[Recorded] = []
    for _, alike in groupby(mine[:since], key=lambda one: (dict(one.counts), one.incomplete)):
        group = list(alike)
        chosen += group if len(group) <= 2 * patience else [*group[:patience], *group[-patience:]]
    return chosen[:_REPORTS][::-1]


def _samples(history: Reports, argv: Sequence[str]) -> list[Recorded]:
    """Rounds, and those that failed; what was missed for another reason has opened and closed nothing."""
    failed: dict[str, bool] = {}

    def is_sample(record: Recorded) -> bool:
        if record.counts:
            return True
        if record.incomplete not in failed:
            report = history.report(record.id)
            failed[record.incomplete] = report is not None and Why.FAILED.note in report.notes
        return failed[record.incomplete]

    return [one for one in history.runs(source="watch", argv=argv, limit=_LOOKED_AT) if is_sample(one)]


def _is_quiet(record: Recorded) -> bool:
    return bool(record.counts) and not record.incomplete and record.counts.keys() <= _QUIET


def watched(arguments: Sequence[str]) -> tuple[str, ...]:
    """The command of a watch with these options of its rounds, as history keeps it.

    >>> watched(["-m", "smoke"])
    ('opscheck', 'watch', '-m', 'smoke')
    """
    return ("opscheck", "watch", *arguments)
