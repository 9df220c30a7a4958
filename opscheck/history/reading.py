"""Questions to the database: runs, results, days, the report of a run."""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from opscheck.history import tables
from opscheck.history.dictionary import digest, in_batches
from opscheck.history.packing import micros_of_code, unpack, unpack_json, unpack_series
from opscheck.history.rebuilding import rebuilt
from opscheck.history.records import DayRecord, ResultRecord, RunRecord
from opscheck.history.selection import Series, counted_outcomes, wanted_series
from opscheck.history.sketch import Sketch
from opscheck.history.writing import EPOCH, OUTCOMES, command_text, instant, to_ms
from opscheck.model import Json, Outcome
from opscheck.report.run import RunReport

_PAGE: Final = 200  # runs of one question: a year of them is never in memory at once


class Reader:
    """Reads on one connection; what it looked up once it remembers."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._words: dict[int, str] = {}
        self._series: dict[int, Series] = {}
        self._rosters: dict[int, array[int]] = {}
        self._places: dict[int, list[int]] = {}  # by roster: what is wanted of it

    def runs(
        self,
        *,
        since: datetime | None,
        until: datetime | None,
        host: str,
        source: str,
        window: str,
        argv: Sequence[str],
        limit: int | None,
    ) -> Iterator[RunRecord]:
        """Newest first; those of the first schema tell no command."""
        table = tables.run
        asked = self._within(sa.select(table).order_by(table.c.started.desc(), table.c.id.desc()), since, until)
        if source:
            asked = asked.where(table.c.source == source)
        if window:
            asked = asked.where(table.c.window == window)
        if argv:
            command = sa.select(tables.word.c.id).where(tables.word.c.digest == digest(command_text(argv)))
            asked = asked.where(table.c.command == command.scalar_subquery())
        left = limit
        columns: list[Any] = [*_HEAD, tables.word.c.text.label("command_text")]
        joined = asked.outerjoin(tables.word, tables.word.c.id == table.c.command)
        for row in self._connection.execute(joined.with_only_columns(*columns)):
            if left is not None and left <= 0:
                return
            hosts = tuple(str(one["name"]) for one in json.loads(self._word(row.hosts)))
            if host and host not in hosts:
                continue
            left = None if left is None else left - 1
            yield self._record(row, hosts)

    def _within(self, asked: sa.Select[Any], since: datetime | None, until: datetime | None) -> sa.Select[Any]:
        """Runs that were under way in a span."""
        run = tables.run.c
        if since is not None:
            # The first of them by the index alone: from there on the rows lie one after the other.
            first = self._connection.execute(sa.select(sa.func.min(run.started)).where(run.finished >= to_ms(since)))
            asked = asked.where(run.started >= (first.scalar() or 0), run.finished >= to_ms(since))
        return asked if until is None else asked.where(run.started < to_ms(until))

    def _record(self, row: Any, hosts: tuple[str, ...]) -> RunRecord:  # noqa: ANN401 - a row of `run`
        return RunRecord(
            row.name,
            instant(row.started),
            instant(row.finished),
            self._word(row.version),
            row.decision,
            hosts,
            row.source,
            row.window,
            row.incomplete,
            counted_outcomes(row.counts),
            tuple(json.loads(row.command_text)) if row.command_text is not None else (),
        )

    def find(self, word: str) -> list[str]:
        """The run of that id; else those that a beginning means, two at most, or `latest~N` of those with results."""
        table = tables.run
        exact = self._connection.execute(sa.select(table.c.name).where(table.c.name == word)).scalar()
        if exact is not None:
            return [str(exact)]
        newest = sa.select(table.c.name).order_by(table.c.started.desc(), table.c.id.desc())
        latest = re.fullmatch(r"latest(?:~([0-9]{1,6}))?", word)
        if latest is not None:
            newest = newest.where(table.c.counts != "{}").offset(int(latest[1] or 0)).limit(1)
        else:
            newest = newest.where(table.c.name.startswith(word, autoescape=True)).limit(2)
        return [str(name) for name in self._connection.execute(newest).scalars()] if word else []

    def results(
        self,
        *,
        since: datetime | None,
        until: datetime | None,
        host: str,
        check: str,
        run: str,
        marker: str,
        troubled: bool = False,
    ) -> Iterator[ResultRecord]:
        """Oldest first, over runs that overlap, too."""
        wanted = wanted_series(host, check, marker)
        if troubled:
            tests = self._troubled(since, until)
            meant = wanted

            def wanted(one: Series) -> bool:
                return one in tests and meant(one)

        self._places = {}
        waiting: list[ResultRecord] = []
        for rows in self._pages(since, until, run):
            bad = self._findings([row.id for row in rows if row.bad])
            for row in rows:
                start = instant(row.started)
                ready = [one for one in waiting if one.at < start]
                yield from ready
                found = [
                    one
                    for one in self._of_run(row, wanted, bad.get(row.id, {}))
                    if (since is None or one.at >= since) and (until is None or one.at < until)
                ]
                waiting = sorted([*waiting[len(ready) :], *found], key=lambda one: one.at)
        yield from waiting

    def _troubled(self, since: datetime | None, until: datetime | None) -> set[Series]:
        """Tests that have a finding."""
        table = tables.finding
        asked = sa.select(table.c.series).distinct()
        if since is not None:
            asked = asked.where(table.c.at >= to_ms(since))
        if until is not None:
            asked = asked.where(table.c.at < to_ms(until))
        numbers = set(self._connection.execute(asked).scalars())
        self._load_series(numbers)
        return {self._series[number] for number in numbers}

    def _pages(self, since: datetime | None, until: datetime | None, run: str) -> Iterator[Sequence[Any]]:
        """Rows of `run`, oldest first, some at a time."""
        table = tables.run
        columns = [table.c[name] for name in ("id", "name", "started", "roster", "passes", "bad")]
        asked = self._within(sa.select(*columns).order_by(table.c.started, table.c.id).limit(_PAGE), since, until)
        if run:
            asked = asked.where(table.c.name == run)
        last: tuple[int, int] | None = None
        while True:
            page = asked if last is None else asked.where(sa.tuple_(table.c.started, table.c.id) > last)
            rows = self._connection.execute(page).all()
            yield rows
            if len(rows) < _PAGE:
                return
            last = (rows[-1].started, rows[-1].id)

    def _of_run(
        self,
        row: Any,  # noqa: ANN401 - a row of `run`
        wanted: Callable[[Series], bool],
        bad: Mapping[int, Any],
    ) -> Iterator[ResultRecord]:
        roster = self._roster(row.roster)
        if row.roster not in self._places:  # most runs have the roster of the one before
            self._places[row.roster] = [place for place, one in enumerate(roster) if wanted(self._series[one])]
        places = self._places[row.roster]
        packed = unpack(row.passes) if places and row.passes is not None else None
        for place in places:
            series = self._series[roster[place]]
            if place in bad:
                yield self._bad(row.name, series, bad[place])
            elif packed is not None:
                micros = micros_of_code(packed.micros[place])
                yield ResultRecord(
                    row.name,
                    instant(row.started + packed.steps[place] * packed.unit),
                    series.host,
                    series.check,
                    series.test,
                    Outcome.PASS,
                    "",
                    None if micros is None else micros / 1e6,
                    "",
                    series.markers,
                    packed.facts.get(place, {}),
                )

    def _bad(self, run: str, series: Series, row: Any) -> ResultRecord:  # noqa: ANN401 - a row of `finding`
        return ResultRecord(
            run,
            instant(row.at),
            series.host,
            series.check,
            series.test,
            OUTCOMES[row.outcome],
            self._word(row.reason),
            None if row.micros is None else row.micros / 1e6,
            self._word(row.cause),
            series.markers,
            json.loads(row.facts) if row.facts else {},
        )

    def _findings(self, runs: Sequence[int]) -> dict[int, dict[int, Any]]:
        """Rows of `finding` by run and place."""
        found: dict[int, dict[int, Any]] = {}
        for batch in in_batches(runs):
            for row in self._connection.execute(sa.select(tables.finding).where(tables.finding.c.run.in_(batch))):
                found.setdefault(row.run, {})[row.place] = row
        rows = [row for mine in found.values() for row in mine.values()]
        self._load_words({row.reason for row in rows} | {row.cause for row in rows})
        return found

    def days(self, *, since: date | None, until: date | None, host: str, check: str) -> Iterator[DayRecord]:
        """Oldest first."""
        table = tables.day
        asked = sa.select(table).order_by(table.c.day, table.c.series)
        if since is not None:
            asked = asked.where(table.c.day >= (since - EPOCH.date()).days)
        if until is not None:
            asked = asked.where(table.c.day < (until - EPOCH.date()).days)
        if host or check:
            self._load_series(None)
            wanted = wanted_series(host, check, "")
            mine = [number for number, one in self._series.items() if wanted(one)]
            asked = asked.where(table.c.series.in_(mine))
        rows = self._connection.execute(asked).all()
        self._load_series({row.series for row in rows})
        for row in rows:
            series = self._series[row.series]
            at = EPOCH.date() + timedelta(days=row.day)
            sketch = Sketch.decode(bytes(row.latency))
            yield DayRecord(at, series.host, series.check, series.test, counted_outcomes(row.counts), sketch)

    def report(self, name: str) -> RunReport | None:
        """The full report; made of what is left where it is no longer kept; None where the run is not known."""
        row = self._connection.execute(sa.select(tables.run).where(tables.run.c.name == name)).one_or_none()
        if row is None:
            return None
        kept = self._connection.execute(sa.select(tables.whole.c.report).where(tables.whole.c.run == row.id)).scalar()
        return RunReport.from_dict(unpack_json(kept) if kept is not None else self._rebuilt(row))

    def _rebuilt(self, row: Any) -> Json:  # noqa: ANN401 - a row of `run`
        frame, hosts = (json.loads(self._word(number)) for number in (row.frame, row.hosts))
        if row.gaps is not None:
            frame["not_applicable"] = json.loads(self._word(row.gaps))
        if row.command is not None:
            frame["argv"] = json.loads(self._word(row.command))
        self._places = {}
        records = [*self._of_run(row, lambda _: True, self._findings([row.id]).get(row.id, {}))]
        return rebuilt(row, records, frame, hosts, self._word(row.version))

    def _roster(self, number: int) -> array[int]:
        if number not in self._rosters:
            asked = sa.select(tables.roster.c.series).where(tables.roster.c.id == number)
            found = unpack_series(self._connection.execute(asked).scalar_one())
            self._load_series(set(found))
            self._rosters[number] = found
        return self._rosters[number]

    def _load_series(self, numbers: set[int] | None) -> None:
        """Look up some series; with None all."""
        table = tables.series
        missing = [None] if numbers is None else list(in_batches(numbers - self._series.keys()))
        for batch in missing:
            asked = sa.select(table) if batch is None else sa.select(table).where(table.c.id.in_(batch))
            rows = self._connection.execute(asked).all()
            self._load_words({number for row in rows for number in row[1:]})
            for row in rows:
                host, check, test, markers = (self._words[number] for number in row[1:])
                self._series[row.id] = Series(host, check, test, tuple(json.loads(markers)))

    def _load_words(self, numbers: set[int]) -> None:
        table = tables.word
        for batch in in_batches(numbers - self._words.keys()):
            rows = self._connection.execute(sa.select(table.c.id, table.c.text).where(table.c.id.in_(batch)))
            self._words |= {row.id: row.text for row in rows}

    def _word(self, number: int) -> str:
        self._load_words({number})
        return self._words[number]


_HEAD: Final = [column for column in tables.run.c if column.name not in ("passes", "failures")]
