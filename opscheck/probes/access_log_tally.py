"""Hits by what they have in common, in bounded memory."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from opscheck.model.access_log import OWN_AGENT, Hit, Tally
from opscheck.probes.access_log_line import Entry

MOST: Final = 1000  # values that are told apart


class Counts:
    """How often each value was seen; those beyond the first so many are counted together."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._other = 0

    def add(self, value: str) -> None:
        """One more."""
        counts = self._counts
        if value in counts:
            counts[value] += 1
        elif len(counts) < MOST:
            counts[value] = 1
        else:
            self._other += 1

    def tally(self, *, by_value: bool = False) -> Tally:
        """The most frequent first, or in the order of the values."""
        rows = sorted(self._counts.items(), key=lambda row: (0 if by_value else -row[1], row[0]))
        return Tally(tuple(rows), self._other)


class Hits:
    """The hits within a window; a bound without a zone is meant in the zone of the line."""

    def __init__(self, since: datetime | None, until: datetime | None) -> None:
        self._since, self._until = since, until
        self.total = self.own = 0
        self.paths, self.days, self.agents, self.statuses = Counts(), Counts(), Counts(), Counts()
        self._latest: Entry | None = None

    def add(self, entry: Entry) -> bool:
        """Count a line that asks for the path; whether it is a hit."""
        at, day, path, agent, status = entry
        if (self._since is not None and _before(at, self._since)) or (
            self._until is not None and not _before(at, self._until)
        ):
            return False
        if agent.startswith(OWN_AGENT):
            self.own += 1
            return False
        self.total += 1
        self.paths.add(path)
        self.days.add(day)
        self.agents.add(agent)
        self.statuses.add(status)
        if self._latest is None or at >= self._latest.at:
            self._latest = entry
        return True

    def latest(self) -> Hit | None:
        """The last one by time."""
        entry = self._latest
        return Hit(entry.at, entry.path, entry.agent, entry.status) if entry else None


def _before(at: datetime, bound: datetime) -> bool:
    return at < bound if bound.tzinfo is not None else at.replace(tzinfo=None) < bound
