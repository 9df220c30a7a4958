"""The first schema.

It is spelled out: what `tables` comes to later must not change what this step did.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[int]:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _to(name: str, target: str, *, nullable: bool = False) -> sa.Column[int]:
    table = target.partition(".")[0]
    cascade = "CASCADE" if table == "run" else None
    return sa.Column(name, _id(), sa.ForeignKey(target, ondelete=cascade), nullable=nullable)


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "word",
        sa.Column("id", _id(), primary_key=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.UniqueConstraint("digest", name="uq_word_digest"),
    )
    op.create_table(
        "series",
        sa.Column("id", _id(), primary_key=True),
        *(_to(name, "word.id") for name in ("host", "check", "test", "markers")),
        sa.UniqueConstraint("host", "check", "test", "markers", name="uq_series_host_check_test_markers"),
    )
    op.create_table(
        "roster",
        sa.Column("id", _id(), primary_key=True),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("series", sa.LargeBinary(), nullable=False),
        sa.UniqueConstraint("digest", name="uq_roster_digest"),
    )
    _create_run()
    op.create_table(
        "finding",
        _to("run", "run.id"),
        sa.Column("place", sa.Integer(), nullable=False),
        _to("series", "series.id"),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("micros", sa.BigInteger()),
        _to("reason", "word.id"),
        _to("cause", "word.id"),
        sa.Column("facts", sa.Text()),
        sa.PrimaryKeyConstraint("run", "place", name="pk_finding"),
    )
    op.create_table(
        "whole",
        sa.Column("run", _id(), sa.ForeignKey("run.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("report", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "day",
        sa.Column("day", sa.Integer(), nullable=False),
        _to("series", "series.id"),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("latency", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("day", "series", name="pk_day"),
        sqlite_with_rowid=False,
    )


def _create_run() -> None:
    texts = ("decision", "source", "window", "incomplete")
    op.create_table(
        "run",
        sa.Column("id", _id(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        *(_to(name, "word.id") for name in ("version", "hosts", "frame")),
        _to("roster", "roster.id"),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("bad", sa.Integer(), nullable=False),
        sa.Column("passes", sa.LargeBinary()),
        sa.Column("failures", sa.LargeBinary()),
        sa.UniqueConstraint("name", name="uq_run_name"),
    )
    op.create_index("ix_run_started_finished", "run", ["started", "finished"])


def downgrade() -> None:
    """There is nothing before the first step."""
    raise NotImplementedError("there is no schema before the first")
