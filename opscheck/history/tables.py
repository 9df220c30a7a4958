"""The schema, for SQLite and Postgres alike. Made and changed by `migrations` only; here is what its head comes to.

Texts that return in every run (hosts, checks, tests, markers, reasons) stand once in `word`; a series is a test on a
host; a roster is the list of series that a run judged, the same from run to run. A run keeps, compressed: `passes`
(latency, instant and facts of every result by its place in the roster: about three bytes each), `failures` (the full
results that are not PASS) and, while it is among the newest, `whole` (the full report). Instants are milliseconds
since 1970 UTC, latencies microseconds of three digits.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)

HEAD: Final = "0002"  # the revision that this code reads and writes

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_ID: Final = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up INTEGER only

word = Table(
    "word",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("text", Text, nullable=False),
)

series = Table(
    "series",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("host", ForeignKey("word.id"), nullable=False),
    Column("check", ForeignKey("word.id"), nullable=False),
    Column("test", ForeignKey("word.id"), nullable=False),
    Column("markers", ForeignKey("word.id"), nullable=False),
    UniqueConstraint("host", "check", "test", "markers"),
)

roster = Table(
    "roster",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("digest", LargeBinary, nullable=False, unique=True),
    Column("series", LargeBinary, nullable=False),
)

run = Table(
    "run",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("started", BigInteger, nullable=False),
    Column("finished", BigInteger, nullable=False),
    Column("decision", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("window", Text, nullable=False),
    Column("incomplete", Text, nullable=False),
    Column("version", ForeignKey("word.id"), nullable=False),
    Column("hosts", ForeignKey("word.id"), nullable=False),
    Column("frame", ForeignKey("word.id"), nullable=False),
    Column("roster", ForeignKey("roster.id"), nullable=False),
    Column("counts", Text, nullable=False),
    Column("bad", Integer, nullable=False),
    Column("passes", LargeBinary),
    Column("failures", LargeBinary),
    # What did not apply, and why: long, and the same from run to run, which the rest of a frame is not (tokens spent).
    # The command: a watch finds its own runs by it. Of runs that the first schema recorded both stand in the frame.
    Column("gaps", ForeignKey("word.id")),
    Column("command", ForeignKey("word.id")),
)
Index("ix_run_started_finished", run.c.started, run.c.finished)

finding = Table(
    "finding",
    metadata,
    Column("run", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("series", ForeignKey("series.id"), nullable=False),
    Column("outcome", SmallInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("micros", BigInteger),
    Column("reason", ForeignKey("word.id"), nullable=False),
    Column("cause", ForeignKey("word.id"), nullable=False),
    Column("facts", Text),
)

whole = Table(
    "whole",
    metadata,
    Column("run", ForeignKey("run.id", ondelete="CASCADE"), primary_key=True),
    Column("source", Text, nullable=False),
    Column("report", LargeBinary, nullable=False),
)

day = Table(
    "day",
    metadata,
    Column("day", Integer, primary_key=True),  # since 1970
    Column("series", ForeignKey("series.id"), primary_key=True),
    Column("counts", Text, nullable=False),
    Column("latency", LargeBinary, nullable=False),
)

bound = Table(
    "bound",
    metadata,
    # Up to when runs were let go of entirely, of those in which everything passed (0) and of the others (1): the sums
    # by day have them still, and would have them twice if they were recorded again.
    Column("bad", Integer, primary_key=True, autoincrement=False),
    Column("finished", BigInteger, nullable=False),
)
