"""Memories in SQLite, compared one by one: slower than an index, and needs nothing but the standard library."""

from __future__ import annotations

import sqlite3
from array import array
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from ..errors import MemoryUnavailable
from .database import Database
from .embedding import embed
from .worker import Worker

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS memories (
    id TEXT PRIMARY KEY, conversation_id TEXT NOT NULL, text TEXT NOT NULL, vector BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS memories_by_conversation ON memories (conversation_id);
"""
_ADD = "INSERT OR REPLACE INTO memories (id, conversation_id, text, vector) VALUES (?, ?, ?, ?)"
_OF = "SELECT text, vector FROM memories WHERE conversation_id = ?"


class SqliteVectors:
    """A vector memory with the same promises as the embedded engine's."""

    source = "sqlite"

    def __init__(self, path: Path, *, busy_timeout_s: float) -> None:
        self._database = Database(path, _SCHEMA, busy_timeout_s=busy_timeout_s)
        self._worker = Worker("vectors")

    async def search(self, conversation_id: str, text: str, limit: int) -> list[str]:
        """Give up to `limit` texts of the conversation, nearest first."""
        return await self._run(lambda db: _search(db, conversation_id, text, limit))

    async def add(self, point_id: str, conversation_id: str, text: str) -> None:
        """Remember a text of the conversation under a UUID."""
        row = (point_id, conversation_id, text, array("f", embed(text)).tobytes())
        await self._run(lambda db: db.execute(_ADD, row))

    async def probe(self) -> None:
        """Ask the table a real question; passes exactly when memories can be searched now."""
        await self._run(lambda db: _search(db, "", "probe", 1))

    async def close(self) -> None:
        """Close the connection and end the thread."""
        await self._worker.run(self._database.close)
        self._worker.close()

    async def _run(self, call: Callable[[sqlite3.Connection], T]) -> T:
        return await self._worker.run(self._guarded, call)

    def _guarded(self, call: Callable[[sqlite3.Connection], T]) -> T:
        try:
            return call(self._database.connection())
        except (sqlite3.Error, OSError) as error:
            self._database.close()
            raise MemoryUnavailable("the vector store cannot be used") from error


def _search(db: sqlite3.Connection, conversation_id: str, text: str, limit: int) -> list[str]:
    wanted = embed(text)
    scored: list[tuple[float, str]] = []
    for found, blob in db.execute(_OF, (conversation_id,)):
        vector = array("f")
        vector.frombytes(blob)
        scored.append((sum(a * b for a, b in zip(wanted, vector, strict=True)), found))
    scored.sort(key=lambda pair: -pair[0])
    return [found for _, found in scored[:limit]]
