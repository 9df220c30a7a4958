"""Texts that return in every run are written once: words, series, rosters."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeAlias, cast

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from opscheck.history import tables
from opscheck.history.packing import pack_series

_BATCH: Final = 500  # values of one statement
Row: TypeAlias = tuple[str, str, str, tuple[str, ...]]  # host, check, test, markers


def add_missing(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert the rows that are not there yet; another writer may be adding the same ones."""
    if not rows:
        return
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), [dict(row) for row in rows])


def in_batches(values: Iterable[Any], size: int = _BATCH) -> Iterator[list[Any]]:
    """The values, so many at a time."""
    left = iter(values)
    while batch := list(islice(left, size)):
        yield batch


class Dictionary:
    """Numbers for texts, remembered for the life of the process: most runs say what the last one said."""

    def __init__(self) -> None:
        self._words: dict[str, int] = {}
        self._series: dict[tuple[int, int, int, int], int] = {}
        self._rosters: dict[tuple[int, ...], int] = {}

    def forget(self) -> None:
        """Numbers of a transaction that was rolled back, or of words that were pruned, are no longer good."""
        self._words.clear()
        self._series.clear()
        self._rosters.clear()

    def words(self, connection: sa.Connection, texts: Iterable[str]) -> dict[str, int]:
        """The number of each text."""
        wanted = dict.fromkeys(texts)
        missing = {digest(text): text for text in wanted if text not in self._words}
        if missing:
            found = self._look_up(connection, tables.word, missing)
            new = {key: text for key, text in sorted(missing.items()) if key not in found}
            if new:
                add_missing(connection, tables.word, [{"digest": key, "text": text} for key, text in new.items()])
                found |= self._look_up(connection, tables.word, new)
            self._words |= {text: found[key] for key, text in missing.items()}
        return {text: self._words[text] for text in wanted}

    def series(self, connection: sa.Connection, rows: Sequence[Row]) -> list[int]:
        """The number of each series."""
        marked = [(host, check, test, json.dumps(list(markers))) for host, check, test, markers in rows]
        words = self.words(connection, (text for row in marked for text in row))
        keys = [cast("tuple[int, int, int, int]", tuple(words[text] for text in row)) for row in marked]
        missing = sorted({key for key in keys if key not in self._series})
        if missing:
            self._find_series(connection, missing)
            new = [key for key in missing if key not in self._series]
            names = ("host", "check", "test", "markers")
            add_missing(connection, tables.series, [dict(zip(names, key, strict=True)) for key in new])
            self._find_series(connection, new)
        return [self._series[key] for key in keys]

    def roster(self, connection: sa.Connection, series: Sequence[int]) -> int:
        """The number of a list of series."""
        key = tuple(series)
        if key not in self._rosters:
            mark = digest(",".join(map(str, key)))
            found = self._look_up(connection, tables.roster, [mark])
            if not found:
                add_missing(connection, tables.roster, [{"digest": mark, "series": pack_series(key)}])
                found = self._look_up(connection, tables.roster, [mark])
            self._rosters[key] = found[mark]
        return self._rosters[key]

    @staticmethod
    def _look_up(connection: sa.Connection, table: sa.Table, digests: Iterable[bytes]) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        for batch in in_batches(digests):
            asked = sa.select(table.c.digest, table.c.id).where(table.c.digest.in_(batch))
            found |= {bytes(digest): number for digest, number in connection.execute(asked)}
        return found

    def _find_series(self, connection: sa.Connection, keys: Sequence[tuple[int, int, int, int]]) -> None:
        table = tables.series
        for batch in in_batches(keys):
            tests = {key[2] for key in batch}
            asked = sa.select(table.c.host, table.c.check, table.c.test, table.c.markers, table.c.id)
            for row in connection.execute(asked.where(table.c.test.in_(tests))):
                self._series[(row[0], row[1], row[2], row[3])] = row[4]


def digest(text: str) -> bytes:
    """What a text is found by."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).digest()
