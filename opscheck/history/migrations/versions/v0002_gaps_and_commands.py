"""What does not apply, and the command, have texts of their own: runs share the one, and are found by the other.

And what was let go of is known to have been there.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; runs that are there keep both in their frames. Add the bounds: what went before is not known."""
    for name in ("gaps", "command"):
        key = f"fk_run_{name}"
        if op.get_bind().dialect.name == "sqlite":
            # Alembic writes the constraint by itself, which SQLite knows within the column only.
            op.execute(f"ALTER TABLE run ADD COLUMN {name} INTEGER CONSTRAINT {key} REFERENCES word (id)")
        else:
            op.add_column("run", sa.Column(name, sa.BigInteger(), sa.ForeignKey("word.id", name=key)))
    op.create_table(
        "bound",
        sa.Column("bad", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("finished", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("bad", name="pk_bound"),
    )


def downgrade() -> None:
    """Older versions read no newer history: nobody goes back."""
    raise NotImplementedError("a history is never taken back to an older schema")
