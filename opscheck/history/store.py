"""History: append runs, ask for them."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from opscheck.errors import UserError
from opscheck.history.connection import Connections, Stale
from opscheck.history.dictionary import Dictionary
from opscheck.history.names import Names, known_names
from opscheck.history.reading import Reader
from opscheck.history.records import DayRecord, ResultRecord, RunRecord
from opscheck.history.writing import Written, write_runs
from opscheck.report.run import RunReport
from opscheck.report.visible import visible


class History:
    """The runs that were recorded in one place; a context manager. Made by `open_history`.

    Every method raises UserError, one line, where the place cannot be read or written.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._words = Dictionary()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the place."""
        self._connections.close()

    @property
    def location(self) -> str:
        """Where it is, fit to be printed."""
        return self._connections.shown

    @property
    def connections(self) -> Connections:
        """The way into the database, for `pruning`."""
        return self._connections

    def append(self, report: RunReport, *, source: str = "run", window: str = "") -> None:
        """Record a run, whole or not at all; safe from many processes.

        The report is recorded as it is: mask it before. A run that is there already is not recorded twice, but a
        `source` of `watch` or `window`, and a `window`, are taken over. One as old as what `prune` let go of is not
        recorded: the sums by day have it.
        """
        self.append_all([report], source=source, window=window)

    def append_all(self, reports: Sequence[RunReport], *, source: str = "run", window: str = "") -> Written:
        """Record several runs in one transaction; how many were not there yet, and how many were too old."""
        try:
            return self._write(reports, source, window)
        except Stale:
            return self._write(reports, source, window)

    def _write(self, reports: Sequence[RunReport], source: str, window: str) -> Written:
        done = False
        try:
            with self._connections.writing() as connection:
                written = write_runs(connection, self._words, reports, source=source, window=window)
            done = True
        finally:
            if not done:
                self._words.forget()
        return written

    def runs(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        host: str = "",
        source: str = "",
        window: str = "",
        argv: Sequence[str] = (),
        limit: int | None = None,
    ) -> list[RunRecord]:
        """Runs that were under way between `since` and `until`, newest first; with `argv` those of that command."""
        with self._connections.reading() as connection:
            found = Reader(connection).runs(
                since=since, until=until, host=host, source=source, window=window, argv=argv, limit=limit
            )
            return list(found)

    def results(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        host: str = "",
        check: str = "",
        run: str = "",
        marker: str = "",
        troubled: bool = False,
    ) -> Generator[ResultRecord, None, None]:
        """Results that were observed between `since` (included) and `until` (excluded), oldest first.

        With `troubled` those of tests that did not always pass in that time. Results that passed are there as long
        as `prune` keeps them, those that did not longer; `days` stay.
        """
        with self._connections.reading() as connection:
            yield from Reader(connection).results(
                since=since, until=until, host=host, check=check, run=run, marker=marker, troubled=troubled
            )

    def days(
        self, *, since: date | None = None, until: date | None = None, host: str = "", check: str = ""
    ) -> list[DayRecord]:
        """Sums by test, host and day (UTC) from `since` (included) to `until` (excluded), oldest first.

        What a page over a year is drawn from: a row for each test and day, whatever the number of runs.
        """
        with self._connections.reading() as connection:
            return list(Reader(connection).days(since=since, until=until, host=host, check=check))

    def report(self, run_id: str) -> RunReport | None:
        """The full report of a run, if it is among the newest 50 of its source or of a window.

        Of an older one the report is made of what is left: failures in full, what passed without evidence; a note
        says so. None where the run is not known.
        """
        with self._connections.reading() as connection:
            return Reader(connection).report(run_id)

    def find(self, word: str) -> str:
        """The id of a run: by itself, by its beginning, or `latest`, `latest~1` for the one before, and so on.

        The latter are runs with results: a gap of a watch is no run to look at, nor a baseline.

        Raises:
            UserError: there is none, or several begin like that.
        """
        with self._connections.reading() as connection:
            found = Reader(connection).find(word)
        if len(found) == 1:
            return found[0]
        shown = visible(word, 80)
        if not found:
            such = "such run with results" if word.startswith("latest") else "such run"
            raise UserError(f"{shown}: history {self.location} has no {such}; opscheck history list tells them")
        raise UserError(f"{shown}: several runs begin like that: {', '.join(found)}, ...")

    def names(self) -> Names:
        """The hosts, checks and windows that it knows, whenever that was."""
        with self._connections.reading() as connection:
            return known_names(connection)

    def reports(self, records: Iterable[RunRecord]) -> Iterator[RunReport]:
        """The reports of some runs, one after the other."""
        for record in records:
            found = self.report(record.id)
            if found is not None:
                yield found


def open_history(location: str | Path, *, create: bool = True) -> History:
    """The history at a file or a `postgresql://` URL; made there if there is none, unless `create` is False.

    Raises:
        UserError: it is damaged, of a newer opscheck, no history at all, or cannot be reached; one line. What is
            there is left as it is.
    """
    return History(Connections(location, create=create))
