"""A SQLite file opened when first needed and opened again whenever it has become unusable."""

from __future__ import annotations

import sqlite3
from pathlib import Path


class Database:
    """One lazily opened connection, used by one thread. Every commit is on the disk before it returns."""

    def __init__(self, path: Path, schema: str, *, busy_timeout_s: float) -> None:
        self.path = path
        self._schema = schema
        self._busy_timeout_s = busy_timeout_s
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None

    def connection(self) -> sqlite3.Connection:
        """Give the open connection, opening or re-opening it where the file is not the one that was opened.

        A file that was moved or deleted under an open handle still takes writes, into nowhere: what was
        acknowledged would be gone after a restart. So its identity is compared before each use.
        """
        if self._connection is not None and self._identity != self._file_identity():
            self.close()
        if self._connection is None:
            self._connection = self._open()
            self._identity = self._file_identity()
        return self._connection

    def close(self) -> None:
        """Close the connection; the next use opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _file_identity(self) -> tuple[int, int] | None:
        try:
            stat = self.path.stat()
        except OSError:
            return None
        return stat.st_dev, stat.st_ino

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            self.path, timeout=self._busy_timeout_s, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.executescript(self._schema)
        except BaseException:
            connection.close()
            raise
        return connection
