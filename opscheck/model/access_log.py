"""What access logs tell about one path: who still asks for it, and whether the logs could tell if nobody did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from opscheck.model.evidence import Evidence, Json
from opscheck.model.request import Phases
from opscheck.model.written import SILENCE, Stretches, between, joined, lasting

Rows: TypeAlias = tuple[tuple[str, int], ...]
OWN_AGENT: Final = "opscheck/"  # what the User-Agent of every request of a run starts with
DOUBTFUL: Final = 0.01  # of all lines may be unreadable before the rest says nothing about them
_QUIET_PART: Final = 24  # a log may end a 24th of the window before its end, where nobody said how quiet it is
_QUIET: Final = (timedelta(minutes=1), timedelta(hours=1))
_SHOWN: Final = 10  # rows of each kind that evidence keeps


def is_below(path: str, folder: str) -> bool:
    """Whether a path is that of a folder or lies in it; `/status1` does not lie in `/status/`.

    >>> is_below("/status/a", "/status/"), is_below("/status", "/status/"), is_below("/status1", "/status/")
    (True, True, False)
    """
    base = folder.rstrip("/")
    return path == base or path.startswith(base + "/")


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each value was seen.

    Attributes:
        rows: values with their counts, the most frequent first.
        other: hits whose value is in no row, because there were more values than are told apart.
    """

    rows: Rows = ()
    other: int = 0


@dataclass(frozen=True, slots=True)
class LogFile:
    """One log that was read.

    Attributes:
        first, last: the times of its first and its last readable line, in the zone that it is written in.
        lines: all of them, readable or not.
        unreadable: lines that do not tell when they were written, or whether they ask for the path.
        broken: why a part of it is missing; empty where it was read to its end.
        written: stretches in which no two of its lines lie further apart than it may be silent, in any order; empty
            where only its ends are known.
    """

    name: str
    first: datetime | None = None
    last: datetime | None = None
    lines: int = 0
    unreadable: int = 0
    hits: int = 0
    broken: str = ""
    written: Stretches = ()

    @property
    def stretches(self) -> Stretches:
        """When it was written, as far as is known: from its first line to its last one, or in parts of that."""
        ends = [end for end in (self.first, self.last) if end is not None]
        return self.written or (((min(ends), max(ends)),) if ends else ())


@dataclass(frozen=True, slots=True)
class Hit:
    """One request for the path."""

    at: datetime
    path: str
    agent: str
    status: str


@dataclass(frozen=True, slots=True)
class AccessLogCount:
    """The requests for a path, and for what lies below it, that access logs tell of.

    A bound without a zone is meant in the zone of each log: `2026-10-10` is that day as the log counts days.

    Attributes:
        path: as it was asked for.
        files: the logs, the oldest first.
        hits: requests within the window, without those of opscheck itself, which are `own`.
        by_path, by_day, by_agent, by_status: the hits by what they asked for (decoded, without query), by day in the
            log's own zone, by User-Agent, and by the status of the answer.
        latest: the last of the hits.
        since, until: the window; None where it is open.
        holes: rotated logs that seem to be missing between others.
        at: when it was counted.
        silence: how long nothing may have been written, within a log, between two or behind the last, for that time to
            be covered.
    """

    path: str
    files: tuple[LogFile, ...]
    hits: int
    own: int
    by_path: Tally
    by_day: Tally
    by_agent: Tally
    by_status: Tally
    latest: Hit | None
    since: datetime | None
    until: datetime | None
    at: datetime
    holes: tuple[str, ...] = ()
    silence: timedelta = SILENCE
    phases: Phases = Phases()
    attempts: int = 1

    @property
    def lines(self) -> int:
        """All lines, readable or not, within the window or not."""
        return sum(one.lines for one in self.files)

    @property
    def unreadable(self) -> int:
        """Lines that do not tell when they were written, or whether they ask for the path."""
        return sum(one.unreadable for one in self.files)

    @property
    def first(self) -> datetime | None:
        """The earliest time that a log begins or ends with."""
        return min(self._ends(), default=None)

    @property
    def last(self) -> datetime | None:
        """The latest time that a log begins or ends with."""
        return max(self._ends(), default=None)

    def _ends(self) -> list[datetime]:
        return [end for one in self.files for end in (one.first, one.last) if end is not None]

    @property
    def written(self) -> Stretches:
        """When the logs were written, taken together, in order; what lies between is longer than they may be silent."""
        return joined((one for file in self.files for one in file.stretches), self.silence)

    @property
    def silences(self) -> Stretches:
        """Where nothing was written for longer than it may be, in order, those that reach into the window."""
        return tuple(
            (start, end)
            for start, end in between(self.written)
            if (self.since is None or _against(end, self.since) > timedelta())
            and (self.until is None or _against(start, self.until) < timedelta())
        )

    @property
    def unbroken_since(self) -> datetime | None:
        """Since when the logs were written until their end without a silence; None where they do not cover their end.

        Of what lies behind this time they could tell, even where they do not cover the window.
        """
        written = self.written
        if not written or self._broken() or self.unreadable > self.lines * DOUBTFUL:
            return None
        begin, last = written[-1]
        end = self._end(last) or self.at.astimezone(last.tzinfo)
        return begin if _against(last, end) >= -self._quiet(begin, end) else None

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why the logs do not cover the window; empty where they do, so that no hit means that nobody asked."""
        first, last = self.first, self.last
        if first is None or last is None:
            return (f"none of {self.lines} lines can be read" if self.lines else "there is no line", *self._broken())
        found = list(self._broken())
        if self.unreadable > self.lines * DOUBTFUL:
            found.append(f"{self.unreadable} of {self.lines} lines cannot be read")
        if self.since is not None and _against(first, self.since) > timedelta():
            found.append(f"the log begins at {stamp(first)}, within the window")
        end = self._end(last)
        if end is not None and _against(last, end) < -self._quiet(first, end):
            found.append(f"the log ends at {stamp(last)}, before the window does")
        found += self._silent()
        return tuple(found)

    def _silent(self) -> list[str]:
        """The longest silence, and how many more there are: of a quiet host there is one for each night."""
        silences = self.silences
        if not silences or (self.since is None and self.until is None):
            return []  # nothing was asked about any time
        start, end = max(silences, key=lambda one: one[1] - one[0])
        more = len(silences) - 1
        others = (
            f", and {more} more {'time' if more == 1 else 'times'} for over {lasting(self.silence)}" if more else ""
        )
        return [f"nothing was written for {lasting(end - start)} from {stamp(start)} to {stamp(end)}{others}"]

    def _end(self, last: datetime) -> datetime | None:
        """When the log should still have been written; None where nothing was asked about any time."""
        now = self.at.astimezone(last.tzinfo)
        if self.until is None:
            return now if self.since is not None else None
        return self.until if _against(now, self.until) >= timedelta() else now

    @property
    def covered(self) -> bool:
        """No hit would mean that nobody asked."""
        return not self.doubts

    def _broken(self) -> list[str]:
        return [f"{one.name}: {one.broken}" for one in self.files if one.broken] + [
            f"{name} is missing" for name in self.holes
        ]

    def _quiet(self, first: datetime, end: datetime) -> timedelta:
        """How long before the window's end the log may end: never longer than it may be silent.

        Who says that it may be silent for more than an hour says so of its end as well.
        """
        if self.silence > SILENCE:
            return self.silence
        window = -_against(self.since or first, end)
        return min(max(window / _QUIET_PART, _QUIET[0]), _QUIET[1], self.silence)

    def evidence(self) -> Evidence:
        """The tables, shortened, and what the logs cover."""
        details: Json = {
            "path": self.path,
            "hits": self.hits,
            "own": self.own,
            "by_path": _shown(self.by_path),
            "by_day": _shown(self.by_day),
            "by_agent": _shown(self.by_agent),
            "by_status": _shown(self.by_status),
            "lines": self.lines,
            "unreadable": self.unreadable,
            "first": stamp(self.first),
            "last": stamp(self.last),
            "doubts": list(self.doubts),
        }
        unbroken = self.unbroken_since
        details |= {"facts": {"unbroken_since": unbroken.isoformat()}} if unbroken is not None else {}
        where = ", ".join(one.name for one in self.files[:5]) + (", ..." if len(self.files) > 5 else "")
        summary = f"{self.hits} hits of {self.path} in {self.lines} lines, {self.unreadable} of them unreadable"
        return Evidence("log", where, self.at, summary, self.phases, self.attempts, details)


def stamp(at: datetime | None) -> str:
    """A time as it is shown: `2026-10-10 13:55:36 +0200`; empty for none."""
    return at.strftime("%Y-%m-%d %H:%M:%S %z").rstrip() if at is not None else ""


def _against(at: datetime, bound: datetime) -> timedelta:
    """How much later a time is than a bound, which without a zone is meant in the time's own."""
    if (at.tzinfo is None) == (bound.tzinfo is None):
        return at - bound
    if bound.tzinfo is None:
        return at.replace(tzinfo=None) - bound
    return at.replace(tzinfo=UTC) - bound


def _shown(tally: Tally) -> list[list[object]]:
    rows: list[list[object]] = [[name[:200], count] for name, count in tally.rows[:_SHOWN]]
    left = tally.other + sum(count for _, count in tally.rows[_SHOWN:])
    return [*rows, ["other", left]] if left else rows
