"""A way into the database: opened with care, brought to the present schema; whatever goes wrong is told in one line."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa

from opscheck.errors import UserError
from opscheck.history.place import database_url, is_url, register_password, shown_location
from opscheck.history.tables import HEAD
from opscheck.redact import Redactor
from opscheck.report.visible import visible

_OURS: Final = 0x6F707363  # `opsc` as SQLite's application id: what else is a SQLite file is not ours to touch
_BUSY: Final = 20.0  # seconds to wait for another writer; a write takes milliseconds
_REACH: Final = 10  # seconds to reach a Postgres
_LOCK: Final = 0x6F70736368  # of Postgres: one writes at a time, as in a file
_PAGE: Final = 8192
_DAMAGED: Final = "is damaged; it is left as it is, move it away to begin a new one"
_NOT_BESIDE: Final = (
    "cannot be read where it is: even to read SQLite writes beside it (-wal, -shm), which is not permitted there; "
    "copy it, with these if they are there, to a folder of your own and name the copy"
)


class Stale(UserError):
    """What was written refers to words that another process has pruned meanwhile: look them up again."""


class Connections:
    """Transactions on one database: `reading()` and `writing()`; only one process writes at a time.

    Raises:
        UserError: what is there is no history, is damaged or of a newer opscheck, or cannot be reached or written.
    """

    def __init__(self, location: str | Path, *, create: bool = True) -> None:
        self.shown = shown_location(location)
        self._redactor = Redactor()
        register_password(str(location), self._redactor)
        self.is_file = not is_url(location)
        self.path = Path(location).expanduser() if self.is_file else None
        self._asks = not create
        with self.told():
            self._engine = self._postgres(str(location)) if self.path is None else self._sqlite(self.path, create)
            try:
                self._bring_up(create)
            except BaseException:
                self._engine.dispose()
                raise

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()

    @contextlib.contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """A transaction that changes nothing: all its questions see one state.

        What stands in whole pages may be damaged all the same, for SQLite keeps no check sums of them: whatever it
        leads to where it is read is told as that.
        """
        with self.told(), self._engine.connect() as connection:
            try:
                yield connection
            except sa.exc.SQLAlchemyError:
                raise
            except (ValueError, LookupError, TypeError, OverflowError) as error:
                raise UserError(f"history {self.shown}: {_DAMAGED}") from error

    @contextlib.contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """A transaction that is kept as a whole, or leaves nothing."""
        with self.told(), self._engine.execution_options(opscheck_writes=True).begin() as connection:
            if not self.is_file:
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            yield connection

    @contextlib.contextmanager
    def outside(self) -> Iterator[sa.Connection]:
        """A connection without a transaction, for what databases do in none (vacuum)."""
        options = {"opscheck_outside": True} if self.is_file else {"isolation_level": "AUTOCOMMIT"}
        with self.told(), self._engine.connect().execution_options(**options) as connection:
            yield connection

    @contextlib.contextmanager
    def told(self) -> Iterator[None]:
        """Let no error of the database out but as one line that says what and where."""
        try:
            yield
        except (sa.exc.SQLAlchemyError, sqlite3.Error) as error:
            kind = Stale if isinstance(error, sa.exc.IntegrityError) else UserError
            raise kind(f"history {self.shown}: {self._why(error)}") from None
        except zlib.error:
            raise UserError(f"history {self.shown}: {_DAMAGED}") from None
        except OSError as error:
            raise UserError(f"history {self.shown}: {visible(error.strerror or error, 120)}") from None

    def _why(self, error: Exception) -> str:
        inner = getattr(error, "orig", None) or error
        text = visible(self._redactor.text(" ".join(str(inner).split())), 240)
        # Who makes none wants to read; a file that may not be read at all is no case for a copy.
        copied = self._asks and self.path is not None and os.access(self.path, os.R_OK)
        known = {
            "file is not a database": "is no SQLite database; it is left as it is, name another file",
            "malformed": _DAMAGED,
            "disk is full": "the disk is full; nothing was recorded",
            "readonly": _NOT_BESIDE if copied else "cannot be written; nothing was recorded",
            "unable to open": _NOT_BESIDE
            if copied
            else "cannot be opened; is its folder there, and may you write in it?",
            "locked": f"another process has held it for over {_BUSY:.0f} s; nothing was recorded",
        }
        return next((told for part, told in known.items() if part in text), text)

    def _sqlite(self, path: Path, create: bool) -> sa.Engine:
        if not path.exists():
            if not create:
                raise UserError(f"history {self.shown}: nothing has been recorded there yet")
            path.parent.mkdir(parents=True, exist_ok=True)
        elif not path.is_file():
            raise UserError(f"history {self.shown}: is no file")
        # Nothing here opens the file itself: closing it would drop the locks that SQLite holds on it in this process,
        # and another process would take the write-ahead log for its own to remove.
        engine = sa.create_engine(sa.URL.create("sqlite", database=str(path)), connect_args={"timeout": _BUSY})
        sa.event.listen(engine, "connect", _prepare)
        sa.event.listen(engine, "begin", _begin)
        return engine

    def _postgres(self, location: str) -> sa.Engine:
        url = database_url(location)
        try:
            return sa.create_engine(url, connect_args={"connect_timeout": _REACH}, pool_pre_ping=True)
        except ModuleNotFoundError:
            raise UserError(f"history {self.shown}: psycopg is not installed; pip install opscheck[history]") from None
        except (sa.exc.ArgumentError, ValueError):
            raise UserError(f"history {self.shown}: is no URL of a database") from None

    def _bring_up(self, create: bool) -> None:
        """See whether the schema is the one that this code knows; make or change it if it is older."""
        with self.reading() as connection:
            found = self._revision(connection)
        if found == HEAD:
            return
        if not found and not create:
            raise UserError(f"history {self.shown}: nothing has been recorded there yet")
        if self.is_file and not found:
            with self.outside() as connection:  # both hold for a file from its first page on, so before any table
                connection.exec_driver_sql(f"PRAGMA page_size={_PAGE}")
                connection.exec_driver_sql("PRAGMA auto_vacuum=INCREMENTAL")
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        try:
            self._change_schema()
        except UserError as error:
            if not found:
                raise
            why = str(error).partition(f"{self.shown}: ")[2]
            raise UserError(
                f"history {self.shown}: is of an older opscheck (schema {found}) and could not be brought to the "
                f"present one: {why}; open it once as somebody who may write there"
            ) from None

    def _change_schema(self) -> None:
        with self.writing() as connection:
            if self._revision(connection) != HEAD:  # somebody else may have been faster
                _migrate(connection)
                if self.is_file:
                    connection.exec_driver_sql(f"PRAGMA application_id={_OURS}")

    def _revision(self, connection: sa.Connection) -> str:
        """The revision that is there; empty for an empty database.

        Raises:
            UserError: it is somebody else's, or of a newer opscheck.
        """
        names = sa.inspect(connection).get_table_names()
        found = ""
        if "alembic_version" in names:
            found = str(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar() or "")
        if found > HEAD:
            raise UserError(
                f"history {self.shown}: was written by a newer opscheck (schema {visible(found, 20)}, this one knows "
                f"{HEAD}); it is left as it is, upgrade opscheck"
            )
        foreign = names and not (found and {"run", "series", "day"} <= set(names))
        if self.is_file and not foreign:
            mark = connection.exec_driver_sql("PRAGMA application_id").scalar()
            foreign = mark != (_OURS if found else 0)
        if foreign and (self.is_file or found):
            raise UserError(f"history {self.shown}: is a database of something else; it is left as it is")
        return found


def _migrate(connection: sa.Connection) -> None:
    """Run the steps that are missing; alembic is slow to import, and needed once in a database's life a version."""
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415 - see above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's connection
    connection.isolation_level = None  # transactions are begun by `_begin`, not by the driver
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute("PRAGMA synchronous=NORMAL")  # with WAL: a crash loses no consistency


def _begin(connection: sa.Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("opscheck_outside"):
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("opscheck_writes") else "BEGIN")
