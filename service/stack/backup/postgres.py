"""A Postgres database as part of a backup: dumped by its own tool, restored beside the old one, then renamed."""

from __future__ import annotations

import re
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from ..outcome import Exit, StackError
from ..programs import run

DUMP = "postgres.dump"
_TOOL_S = 3600.0
_MAINTENANCE = "postgres"
_NAMES = {
    "sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY",
    "connect_timeout": "PGCONNECT_TIMEOUT", "host": "PGHOST", "port": "PGPORT",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Swapped:
    """The database that was restored, and the name that the old one has now."""

    name: str
    old: str


class Postgres:
    """One database. Its address goes to the tools in their environment: a process list would show the password."""

    def __init__(self, url: str, env: Mapping[str, str]) -> None:
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            raise _wrong() from None
        name = unquote(parts.path.lstrip("/"))
        if parts.scheme not in ("postgresql", "postgres") or not name:
            raise _wrong()
        told = {"PGHOST": parts.hostname, "PGUSER": unquote(parts.username or ""), "PGPORT": str(port) if port else ""}
        told["PGPASSWORD"] = unquote(parts.password or "")
        told.update({_NAMES[key]: value for key, value in parse_qsl(parts.query) if key in _NAMES})
        self._name = name
        self._env = {**env, "PGCONNECT_TIMEOUT": "10", **{key: value for key, value in told.items() if value}}

    def dump(self, target: Path) -> dict[str, object]:
        """Dump the database as of one moment, and read the dump's list of contents back."""
        self._tool("pg_dump", "--format=custom", "--no-password", f"--file={target}", f"--dbname={self._name}")
        listed = self._tool("pg_restore", "--list", str(target))
        tables = sum(1 for line in listed.splitlines() if re.search(r"\bTABLE DATA\b", line))
        return {"tables": tables}

    def put(self, dump: Path) -> Swapped:
        """Restore into a new database, and give it the name of the old one when it is whole.

        Raises:
            StackError: the dump cannot be restored; the database is as it was.
        """
        mark = uuid.uuid4().hex[:8]
        new, swapped = f"{self._name}_restoring_{mark}", Swapped(self._name, f"{self._name}_before_{mark}")
        self._sql(f"CREATE DATABASE {_quoted(new)} TEMPLATE template0")
        try:
            self._tool("pg_restore", "--exit-on-error", "--no-password", f"--dbname={new}", str(dump))
            self._rename((self._name, swapped.old), (new, self._name))
        except BaseException:
            self._sql(f"DROP DATABASE IF EXISTS {_quoted(new)}")
            raise
        return swapped

    def undo(self, swapped: Swapped) -> None:
        """Give the old database its name back, and drop the other."""
        lost = f"{swapped.old}_undone"
        self._rename((swapped.name, lost), (swapped.old, swapped.name))
        self._sql(f"DROP DATABASE {_quoted(lost)}")

    def discard(self, swapped: Swapped) -> None:
        """Drop the old database."""
        self._sql(f"DROP DATABASE {_quoted(swapped.old)}")

    def _rename(self, *pairs: tuple[str, str]) -> None:
        """Rename databases in one transaction, after ending the sessions that would forbid it."""
        # A session that ends is gone a moment later, so the renaming waits for it to be.
        names = ", ".join(_literal(old) for old, _ in pairs)
        of_them = f"FROM pg_stat_activity WHERE datname IN ({names}) AND pid <> pg_backend_pid()"
        self._sql(f"SELECT pg_terminate_backend(pid) {of_them}")
        self._sql(
            f"DO $$ BEGIN FOR i IN 1..100 LOOP EXIT WHEN NOT EXISTS (SELECT 1 {of_them}); "
            "PERFORM pg_sleep(0.05); PERFORM pg_stat_clear_snapshot(); END LOOP; END $$"
        )
        self._sql("; ".join(f"ALTER DATABASE {_quoted(old)} RENAME TO {_quoted(new)}" for old, new in pairs))

    def _sql(self, statement: str) -> None:
        """Run statements, several as one transaction."""
        self._tool(
            "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "--no-password", f"--dbname={_MAINTENANCE}", "-c", statement
        )

    def _tool(self, name: str, *words: str) -> str:
        program = shutil.which(name, path=self._env.get("PATH"))
        if program is None:
            raise StackError(f"STACK_POSTGRES_URL is set and {name} is missing: install the client of PostgreSQL")
        done = run([program, *words], env=self._env, deadline_s=_TOOL_S)
        if done.code != 0:
            raise StackError(f"{name}: {done.last_words(1)}")
        return done.out


def _wrong() -> StackError:
    # The value itself is not told: it may hold a password.
    return StackError("STACK_POSTGRES_URL is not of the form postgresql://USER@HOST:PORT/DATABASE", Exit.USAGE)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
