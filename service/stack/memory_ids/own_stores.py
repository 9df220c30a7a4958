"""The service's own memories: the embedded engine's folder, or the SQLite file that takes its place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from ..outcome import StackError
from .migration import MemoryStore, Page, Point, PointId

if TYPE_CHECKING:
    import qdrant_edge

_FOLDER = "vectors"
_FILE = "vectors.sqlite"
_BUSY_S = 10.0


@contextmanager
def opened_store(state: Path) -> Iterator[MemoryStore]:
    """Open the vector store that is in a state folder.

    Raises:
        StackError: there is none, or the service holds it.
    """
    if (state / _FOLDER).is_dir():
        with _open_shard(state / _FOLDER) as shard:
            yield EdgeMemories(shard)
        return
    if (state / _FILE).is_file():
        with closing(sqlite3.connect(state / _FILE, timeout=_BUSY_S, isolation_level=None)) as database:
            yield SqliteMemories(database)
        return
    raise StackError(f"{state} holds no vector store")


class EdgeMemories:
    """Memories in the embedded engine. Its ids are numbers and UUIDs."""

    name = _FOLDER

    def __init__(self, shard: qdrant_edge.EdgeShard) -> None:
        self._shard = shard

    def page(self, start: PointId | None, limit: int) -> Page:
        """Give a page of points."""
        import qdrant_edge  # noqa: PLC0415 - loaded already where a shard is open

        wanted = qdrant_edge.ScrollRequest(
            offset=_native(start) if start is not None else None, limit=limit, with_payload=True, with_vector=True
        )
        records, following = self._shard.scroll(wanted)
        points = [Point(_plain(one.id), one.vector, one.payload or {}) for one in records]
        return Page(points, _plain(following) if following is not None else None)

    def put(self, points: Sequence[Point]) -> None:
        """Add points and have them on the disk."""
        import qdrant_edge  # noqa: PLC0415 - loaded already where a shard is open

        rows = [qdrant_edge.Point(_native(one.id), one.vector, dict(one.payload)) for one in points]
        self._shard.update(qdrant_edge.UpdateOperation.upsert_points(rows))
        self._shard.flush()

    def present(self, ids: Sequence[PointId]) -> set[PointId]:
        """Tell which of these ids are there."""
        found = self._shard.retrieve([_native(one) for one in ids], with_payload=False, with_vector=False)
        return {_plain(one.id) for one in found}

    def remove(self, ids: Sequence[PointId]) -> None:
        """Remove points."""
        import qdrant_edge  # noqa: PLC0415 - loaded already where a shard is open

        self._shard.update(qdrant_edge.UpdateOperation.delete_points([_native(one) for one in ids]))
        self._shard.flush()


class SqliteMemories:
    """Memories in SQLite. Its ids are texts."""

    name = _FILE

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    def page(self, start: PointId | None, limit: int) -> Page:
        """Give a page of points."""
        rows = self._database.execute(
            "SELECT id, conversation_id, text, vector FROM memories WHERE id >= ? ORDER BY id LIMIT ?",
            ("" if start is None else str(start), limit + 1),
        ).fetchall()
        points = [
            Point(str(name), vector, {"conversation_id": conversation, "text": text})
            for name, conversation, text, vector in rows[:limit]
        ]
        return Page(points, str(rows[limit][0]) if len(rows) > limit else None)

    def put(self, points: Sequence[Point]) -> None:
        """Add points in one transaction."""
        rows = [(one.id, one.payload["conversation_id"], one.payload["text"], one.vector) for one in points]
        self._transact("INSERT OR REPLACE INTO memories (id, conversation_id, text, vector) VALUES (?, ?, ?, ?)", rows)

    def present(self, ids: Sequence[PointId]) -> set[PointId]:
        """Tell which of these ids are there."""
        ask = "SELECT 1 FROM memories WHERE id = ?"
        return {one for one in ids if self._database.execute(ask, (one,)).fetchone() is not None}

    def remove(self, ids: Sequence[PointId]) -> None:
        """Remove points in one transaction."""
        self._transact("DELETE FROM memories WHERE id = ?", [(one,) for one in ids])

    def _transact(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            self._database.executemany(statement, rows)
            self._database.execute("COMMIT")
        except BaseException:
            if self._database.in_transaction:
                self._database.execute("ROLLBACK")
            raise


@contextmanager
def _open_shard(folder: Path) -> Iterator[qdrant_edge.EdgeShard]:
    try:
        import qdrant_edge  # noqa: PLC0415 - a native library that a machine with another store does not have
    except ImportError:
        raise StackError("the vector engine is not installed: pip install qdrant-edge-py") from None
    try:
        shard = qdrant_edge.EdgeShard.load(str(folder))
    except Exception as error:  # noqa: BLE001 - the engine raises plain Exception
        held = "WouldBlock" in str(error)
        raise StackError(f"{folder} is in use: stop the service first" if held else f"{folder}: {error}") from None
    try:
        yield shard
    finally:
        shard.close()


def _native(point_id: PointId) -> int | UUID:
    return point_id if isinstance(point_id, int) else UUID(point_id)


def _plain(point_id: int | str | UUID) -> PointId:
    return point_id if isinstance(point_id, int) else str(point_id)
