"""Up to when runs were let go of: one of before is not recorded again, for the sums by day have counted it."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa

from opscheck.history import tables


def bounds(connection: sa.Connection) -> dict[bool, int]:
    """The latest end, milliseconds since 1970, of the runs that went: with a result that is not PASS, and without."""
    return {bool(row.bad): row.finished for row in connection.execute(sa.select(tables.bound))}


def move_bounds(connection: sa.Connection, gone: Mapping[bool, int]) -> None:
    """Keep the later of what is known and of what goes; within the transaction that takes the runs.

    Only one transaction writes at a time, so nobody moves them in between, and none records a run that is going.
    """
    table = tables.bound
    known = bounds(connection)
    for bad, finished in gone.items():
        if bad not in known:
            connection.execute(sa.insert(table), {"bad": int(bad), "finished": finished})
        elif finished > known[bad]:
            connection.execute(sa.update(table).where(table.c.bad == int(bad)).values(finished=finished))
