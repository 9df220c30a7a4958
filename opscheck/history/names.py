"""The names that a history knows: so that a mistyped one is not taken for one of which nothing is known."""

from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa

from opscheck.history import tables


@dataclass(frozen=True, slots=True)
class Names:
    """Every host, check and maintenance window of which a run or a sum by day is left."""

    hosts: frozenset[str]
    checks: frozenset[str]
    windows: frozenset[str]


def known_names(connection: sa.Connection) -> Names:
    """All of them; a host counts as well where a run asked it and judged nothing of it."""
    word, series, run = tables.word, tables.series, tables.run

    def texts(column: sa.Column[int]) -> set[str]:
        standing = sa.select(word.c.text).where(word.c.id.in_(sa.select(column)))
        return {str(text) for text in connection.execute(standing).scalars()}

    asked = {str(host["name"]) for told in texts(run.c.hosts) for host in json.loads(told)}
    windows = connection.execute(sa.select(run.c.window).distinct()).scalars()
    return Names(
        frozenset(texts(series.c.host) | asked),
        frozenset(texts(series.c.check)),
        frozenset(str(name) for name in windows if name),
    )
