"""Bounding history: passes go before failures, failures before sums by day."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from opscheck.errors import UserError
from opscheck.history import tables
from opscheck.history.amounts import shown_bytes, shown_span
from opscheck.history.bounds import move_bounds
from opscheck.history.connection import Connections
from opscheck.history.dictionary import in_batches
from opscheck.history.packing import unpack_series
from opscheck.history.writing import day_of, to_ms
from opscheck.model import Json
from opscheck.report.visible import counted

KEEP_PASSES: Final = timedelta(days=90)
KEEP_FAILURES: Final = timedelta(days=400)
_STEP: Final = timedelta(days=1)
_LEAST_FAILURES: Final = 4 * _STEP  # what even a limit of the size does not take
_AT_ONCE: Final = 2000  # runs of one transaction: others write in between


@dataclass(frozen=True, slots=True)
class Pruned:
    """What a pruning took, or would take.

    Attributes:
        passes: further runs whose passed results go; their failures stay.
        runs: runs that go entirely.
        days: sums of a day and a test that go.
        size, after: bytes before and after; `after` is not known before it is done.
        kept_back: why it is still larger than it may be; empty where it is not.
        max_size: bytes that were allowed; 0 is no limit.
        keep_passes, keep_failures: what is older went.
        shortened: these are shorter than was asked for, because of the size.
    """

    passes: int = 0
    runs: int = 0
    days: int = 0
    size: int = 0
    after: int | None = None
    kept_back: str = ""
    max_size: int = 0
    keep_passes: timedelta = KEEP_PASSES
    keep_failures: timedelta = KEEP_FAILURES
    shortened: bool = False

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {
            "passes": self.passes,
            "runs": self.runs,
            "days": self.days,
            "size": self.size,
            "after": self.after,
            "kept_back": self.kept_back,
            "max_size": self.max_size,
            "keep_passes_s": self.keep_passes.total_seconds(),
            "keep_failures_s": self.keep_failures.total_seconds(),
            "shortened": self.shortened,
        }


def prune(
    connections: Connections,
    *,
    now: datetime,
    keep_passes: timedelta = KEEP_PASSES,
    keep_failures: timedelta = KEEP_FAILURES,
    max_size: int = 0,
    dry_run: bool = False,
) -> Pruned:
    """Let go of what is older than it is to be kept, then, while it is too large, of the oldest.

    Sums by day are as old as failures, and four times as old, before they go. Other processes may write meanwhile.

    Args:
        now: aware; what is older is counted from here.
        max_size: bytes; 0 is no limit.

    Raises:
        UserError: failures would be kept for a shorter time than passes.
    """
    if keep_failures < keep_passes:
        raise UserError("failures are kept at least as long as passes: --keep-failures is shorter than --keep-passes")
    size = size_of(connections)
    ends = _Ends.at(now, keep_passes, keep_failures)
    asked = Pruned(size=size, max_size=max_size, keep_passes=keep_passes, keep_failures=keep_failures)
    if dry_run:
        return _count(connections, ends, asked)
    taken = _Taken()
    _take(connections, ends, taken)
    done = replace(taken.counted(asked), after=_shrunk(connections))
    return _smaller(connections, done, now, taken) if max_size else done


def _smaller(connections: Connections, done: Pruned, now: datetime, taken: _Taken) -> Pruned:
    """Take the oldest until it is no larger than it may be, or only the newest days are left."""
    asked = done
    keep_passes = min(done.keep_passes, now - _oldest(connections, now) + _STEP)
    keep_failures = done.keep_failures
    while done.after is not None and done.after > done.max_size:
        if (keep_passes, keep_failures) == (_STEP, _LEAST_FAILURES):
            return replace(done, kept_back=_kept_back(connections, done))
        keep_passes = max(keep_passes * 3 / 4, _STEP)
        keep_failures = max(min(keep_failures, keep_passes * 4), _LEAST_FAILURES)
        ends = _Ends.at(now, keep_passes, keep_failures)
        _take(connections, ends, taken)
        done = replace(
            taken.counted(done),
            after=_shrunk(connections),
            keep_passes=min(keep_passes, asked.keep_passes),
            keep_failures=min(keep_failures, asked.keep_failures),
        )
        spans = (done.keep_passes, done.keep_failures)
        done = replace(done, shortened=spans != (asked.keep_passes, asked.keep_failures))
    return done


def _kept_back(connections: Connections, done: Pruned) -> str:
    """Why it is no smaller."""
    with connections.reading() as connection:
        runs, days = (
            int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
            for table in (tables.run, tables.day)
        )
        empty = _empty_size(connection) if connections.path is not None else 0
    newest = (
        f"the newest stay whatever the size: passes of {shown_span(_STEP)}, failures of {shown_span(_LEAST_FAILURES)}, "
        f"sums by day of {shown_span(_LEAST_FAILURES * 4)}"
    )
    left = f"{counted(runs, 'run')} and {counted(days, 'sum by day', 'sums by day')} are left"
    alone = f"; an empty history alone takes {shown_bytes(empty)}" if empty > done.max_size else ""
    return f"{left}; {newest}{alone}"


def _empty_size(connection: sa.Connection) -> int:
    """Bytes that a SQLite file of this schema takes with nothing in it: a page for each table and index, and one."""
    roots = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE rootpage > 0").scalar_one()
    return (int(roots) + 1) * int(connection.exec_driver_sql("PRAGMA page_size").scalar_one())


def size_of(connections: Connections) -> int:
    """Bytes on disk, with what is not yet in the main file."""
    if connections.path is not None:
        files = (connections.path, connections.path.with_name(f"{connections.path.name}-wal"))
        return sum(path.stat().st_size for path in files if path.exists())
    with connections.reading() as connection:
        names = sa.inspect(connection).get_table_names()
        sizes = [
            connection.execute(sa.select(sa.func.pg_total_relation_size(sa.cast(name, sa.Text))))
            for name in names
            if name in tables.metadata.tables
        ]
        return sum(int(one.scalar_one()) for one in sizes)


@dataclass(frozen=True, slots=True)
class _Ends:
    """What is from before these instants goes."""

    passes: int
    failures: int
    days: int

    @classmethod
    def at(cls, now: datetime, keep_passes: timedelta, keep_failures: timedelta) -> _Ends:
        longest = now - datetime(1971, 1, 1, tzinfo=UTC)
        days = min(keep_failures * 4, longest)
        return cls(to_ms(now - min(keep_passes, longest)), to_ms(now - min(keep_failures, longest)), day_of(now - days))


def _old_passes(ends: _Ends) -> sa.ColumnElement[bool]:
    run = tables.run
    return sa.and_(
        run.c.finished < ends.passes, run.c.finished >= ends.failures, run.c.passes.is_not(None), run.c.bad > 0
    )


def _old_runs(ends: _Ends) -> sa.ColumnElement[bool]:
    run = tables.run
    return sa.or_(run.c.finished < ends.failures, sa.and_(run.c.finished < ends.passes, run.c.bad == 0))


@dataclass(slots=True)
class _Taken:
    """What went so far, by the ids of runs: one whose passes went first can go entirely later."""

    runs: set[int] = field(default_factory=set)
    thinned: set[int] = field(default_factory=set)
    days: int = 0

    def counted(self, done: Pruned) -> Pruned:
        """The same pruning, with these numbers."""
        return replace(done, runs=len(self.runs), passes=len(self.thinned - self.runs), days=self.days)


def _count(connections: Connections, ends: _Ends, asked: Pruned) -> Pruned:
    """What would go, by the ages that were asked for."""

    def number(table: sa.Table, which: sa.ColumnElement[bool]) -> int:
        return int(connection.execute(sa.select(sa.func.count()).select_from(table).where(which)).scalar_one())

    with connections.reading() as connection:
        days = number(tables.day, tables.day.c.day < ends.days)
        passes, runs = number(tables.run, _old_passes(ends)), number(tables.run, _old_runs(ends))
    return replace(asked, passes=passes, runs=runs, days=days)


def _take(connections: Connections, ends: _Ends, taken: _Taken) -> None:
    run = tables.run
    while True:
        with connections.writing() as connection:
            asked = sa.select(run.c.id, run.c.finished, run.c.bad).where(_old_runs(ends)).limit(_AT_ONCE)
            old = connection.execute(asked).all()
            gone: dict[bool, int] = {}
            for row in old:
                gone[row.bad > 0] = max(row.finished, gone.get(row.bad > 0, row.finished))
            move_bounds(connection, gone)
            for batch in in_batches([row.id for row in old]):
                for table, column in ((tables.finding, "run"), (tables.whole, "run"), (run, "id")):
                    connection.execute(sa.delete(table).where(table.c[column].in_(batch)))
        taken.runs.update(row.id for row in old)
        if len(old) < _AT_ONCE:
            break
    with connections.writing() as connection:
        thinned = sa.select(run.c.id).where(_old_passes(ends))
        taken.thinned.update(connection.execute(thinned).scalars())
        connection.execute(sa.delete(tables.whole).where(tables.whole.c.run.in_(thinned)))
        connection.execute(sa.update(run).where(_old_passes(ends)).values(passes=None))
        taken.days += connection.execute(sa.delete(tables.day).where(tables.day.c.day < ends.days)).rowcount
        _drop_unused(connection)


def _drop_unused(connection: sa.Connection) -> None:
    """Rosters that no run has, series that nothing has, words that stand nowhere."""
    run, series, word = tables.run, tables.series, tables.word
    connection.execute(sa.delete(tables.roster).where(tables.roster.c.id.not_in(sa.select(run.c.roster))))
    used: set[int] = set()
    for packed in connection.execute(sa.select(tables.roster.c.series)).scalars():
        found: array[int] = unpack_series(packed)
        used.update(found)
    used.update(connection.execute(sa.select(tables.day.c.series).distinct()).scalars())
    unused = set(connection.execute(sa.select(series.c.id)).scalars()) - used
    for batch in in_batches(sorted(unused)):
        connection.execute(sa.delete(series).where(series.c.id.in_(batch)))
    holders: list[sa.Column[Any]] = [
        *(series.c[name] for name in ("host", "check", "test", "markers")),
        *(run.c[name] for name in ("version", "hosts", "frame", "gaps", "command")),
        *(tables.finding.c[name] for name in ("reason", "cause")),
    ]
    standing = sa.union_all(*(sa.select(column).where(column.is_not(None)) for column in holders))
    connection.execute(sa.delete(word).where(word.c.id.not_in(standing)))


def _oldest(connections: Connections, now: datetime) -> datetime:
    """When the oldest run was."""
    with connections.reading() as connection:
        found = connection.execute(sa.select(sa.func.min(tables.run.c.finished))).scalar()
    return now if found is None else min(now, datetime.fromtimestamp(found / 1000, UTC))


def _shrunk(connections: Connections) -> int:
    """Give the space back to the disk; the size that is left."""
    with connections.outside() as connection:
        if connections.path is None:
            for name in tables.metadata.tables:
                connection.exec_driver_sql(f'VACUUM "{name}"')
        else:
            driver = connection.connection.cursor()
            # As a script: it frees a page a step, and `execute` takes one step of what gives no rows.
            driver.executescript("PRAGMA incremental_vacuum; PRAGMA wal_checkpoint(TRUNCATE);")
            driver.close()
    return size_of(connections)
