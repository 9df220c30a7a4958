"""Conversations in SQLite: an exchange is kept whole or not at all."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from ..chat import Message
from ..clock import rfc3339
from ..errors import StateUnavailable
from .database import Database
from .worker import Worker

T = TypeVar("T")

_SCHEMA = """
CREATE TABLE IF NOT EXISTS interactions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    conversation_id TEXT NOT NULL,
    role TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS interactions_by_conversation ON interactions (conversation_id, id);
"""
_PROBE_BUSY_S = 0.5  # less than a readiness check may take, so that it can say what is wrong
_MIN_PATIENCE_S = 1.0  # a short lock time must not turn a short queue into failures
_INSERT = "INSERT INTO interactions (conversation_id, role, content, created_at) VALUES (?, ?, ?, ?)"
_RECENT = "SELECT role, content FROM interactions WHERE conversation_id = ? ORDER BY id DESC LIMIT ?"


class Interactions:
    """The history of conversations.

    Reading, writing and probing have a thread and a connection each, so a writer that waits for a lock holds up
    neither the others nor the event loop. `keep` returns only after the exchange is committed to the disk, and
    gives up after at most twice the time that a lock is waited for, however many writers wait.
    """

    def __init__(self, path: Path, *, busy_timeout_s: float) -> None:
        self._reader = _Lane("state-read", path, busy_timeout_s)
        self._writer = _Lane("state-write", path, busy_timeout_s)
        self._prober = _Lane("state-probe", path, min(busy_timeout_s, _PROBE_BUSY_S))

    async def recent(self, conversation_id: str, limit: int) -> list[Message]:
        """Give the last `limit` messages of a conversation, oldest first."""
        rows = await self._reader.run(
            lambda db: db.execute(_RECENT, (conversation_id, limit)).fetchall(), "cannot be read"
        )
        return [Message(role, content) for role, content in reversed(rows)]

    async def keep(self, conversation_id: str, messages: list[Message], at: datetime) -> None:
        """Commit the messages of one exchange; on `StateUnavailable` none of them is kept."""
        rows = [(conversation_id, m.role, m.content, rfc3339(at)) for m in messages]
        await self._writer.run(lambda db: _transact(db, rows), "cannot be kept")

    async def probe(self) -> None:
        """Take the write lock and let it go: passes exactly when an exchange could be kept now."""
        await self._prober.run(lambda db: _transact(db, []), "cannot be written")

    async def close(self) -> None:
        """Close all connections and end their threads."""
        for lane in (self._reader, self._writer, self._prober):
            await lane.close()


class _Lane:
    """A connection and the only thread that uses it."""

    def __init__(self, name: str, path: Path, busy_timeout_s: float) -> None:
        self._worker = Worker(name)
        self._database = Database(path, _SCHEMA, busy_timeout_s=busy_timeout_s)
        self._patience_s = max(busy_timeout_s, _MIN_PATIENCE_S)

    async def run(self, call: Callable[[sqlite3.Connection], T], failure: str) -> T:
        return await self._worker.run(self._guarded, call, failure, time.monotonic() + self._patience_s)

    def _guarded(self, call: Callable[[sqlite3.Connection], T], failure: str, start_before: float) -> T:
        # Whoever stood in line for as long as a lock is waited for would only find the lock in its turn.
        if time.monotonic() > start_before:
            raise StateUnavailable("the conversation store is busy")
        try:
            return call(self._database.connection())
        except (sqlite3.Error, OSError) as error:
            if not _is_lock(error):
                self._database.close()
            reason = "is locked by another writer" if _is_lock(error) else failure
            raise StateUnavailable(f"the conversation store {reason}") from error

    async def close(self) -> None:
        await self._worker.run(self._database.close)
        self._worker.close()


def _is_lock(error: Exception) -> bool:
    code = getattr(error, "sqlite_errorcode", None)
    return isinstance(code, int) and code & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _transact(db: sqlite3.Connection, rows: Sequence[tuple[str, str, str, str]]) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        db.executemany(_INSERT, rows)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
