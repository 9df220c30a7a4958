"""From problems to incidents: opened after some rounds in a row, closed after as many good ones, each told once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from opscheck.model import Outcome
from opscheck.watch.problems import Place, Problem, recovered


@dataclass(frozen=True, slots=True)
class Incident:
    """A problem over time.

    Attributes:
        problem: as it was seen last.
        since: when the first round that showed it ended (UTC).
        last: when it was seen last.
        opened: enough rounds in a row have shown it.
        bad, good: rounds in a row that showed it, or showed that it is over.
        ended: when the first round ended that showed it over; None as long as none has.
        before: it was open when the watch was started, and this watch has not told it yet.
    """

    problem: Problem
    since: datetime
    last: datetime
    opened: bool = False
    bad: int = 1
    good: int = 0
    ended: datetime | None = None
    before: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """An incident was opened, or is over."""

    incident: Incident
    firing: bool
    at: datetime


@dataclass(slots=True)
class Incidents:
    """Keeps the incidents of a watch.

    Attributes:
        patience: how many rounds in a row it takes to open one, and to close it again.
    """

    patience: int = 2
    known: dict[str, Incident] = field(default_factory=dict)

    def open(self) -> list[Incident]:
        """The open ones, the gravest and oldest first."""
        return sorted(
            (one for one in self.known.values() if one.opened),
            key=lambda one: (one.problem.outcome.gravity, one.since, one.problem.key),
        )

    def resume(self, before: Iterable[Incident]) -> None:
        """Take over what an earlier watch of the same left open.

        Such an incident is told again by the first round that shows it: what that watch could no longer deliver, and
        whether it could, nobody knows. It is over as any other.
        """
        for one in before:
            mine = self.known.get(one.problem.key)
            if mine is None:
                self.known[one.problem.key] = replace(one, before=True)
            elif not mine.opened:
                self.known[one.problem.key] = replace(mine, since=min(mine.since, one.since), opened=True, before=True)

    def take(
        self,
        found: Mapping[str, Problem],
        now: Mapping[Place, Outcome],
        at: datetime,
        *,
        whole: bool = True,
        certain: bool = True,
    ) -> list[Event]:
        """Take over what a round has shown; what has to be told of it.

        Args:
            found: the problems that it shows, by key.
            now: the gravest outcome by host and check.
            whole: the round judged all that was selected; what it does not mention is no longer checked.
            certain: the round came to its end; without that, nothing that it does not show is over.
        """
        events = []
        for key, problem in found.items():
            events += self._seen(key, problem, at)
        for key in [key for key in self.known if key not in found] if certain else ():
            events += self._unseen(key, now, at, whole=whole)
        return events

    def _seen(self, key: str, problem: Problem, at: datetime) -> list[Event]:
        before = self.known.get(key)
        if before is None:
            incident = Incident(problem, at, at)
        else:
            incident = replace(before, problem=problem, last=at, bad=before.bad + 1, good=0, ended=None)
        opens = incident.before or (not incident.opened and incident.bad >= self.patience)
        self.known[key] = replace(incident, opened=True, before=False) if opens else incident
        return [Event(self.known[key], True, at)] if opens else []

    def _unseen(self, key: str, now: Mapping[Place, Outcome], at: datetime, *, whole: bool) -> list[Event]:
        before = self.known[key]
        mentioned = whole or before.problem.places <= now.keys()
        if not mentioned or not recovered(before.problem, now):
            return []
        if not before.opened:
            del self.known[key]
            return []
        after = replace(before, good=before.good + 1, bad=0, ended=before.ended or at)
        if after.good < self.patience:
            self.known[key] = after
            return []
        del self.known[key]
        return [Event(after, False, at)]
