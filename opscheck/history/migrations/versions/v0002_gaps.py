"""What does not apply has a text of its own: it is long, and all runs of a selection share it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; runs that are there keep it in their frames."""
    if op.get_bind().dialect.name == "sqlite":
        # Alembic writes the constraint by itself, which SQLite knows within the column only.
        op.execute("ALTER TABLE run ADD COLUMN gaps INTEGER CONSTRAINT fk_run_gaps REFERENCES word (id)")
    else:
        op.add_column("run", sa.Column("gaps", sa.BigInteger(), sa.ForeignKey("word.id", name="fk_run_gaps")))


def downgrade() -> None:
    """Older versions read no newer history: nobody goes back."""
    raise NotImplementedError("a history is never taken back to an older schema")
