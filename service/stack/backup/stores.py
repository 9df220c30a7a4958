"""The stores in a state folder: how each is copied while it is used, and how a copy is shown to be good."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ..outcome import StackError
from .stable_copy import copy_settled, copy_still

VECTORS = "vectors"
_DATABASE = ".sqlite"
_BESIDE_DATABASE = (".sqlite-wal", ".sqlite-shm", ".sqlite-journal")
_DRAFT = ".new"
_BUSY_S = 10.0

Hold = Callable[[], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Copied:
    """What the stores hold, and the digests of what was read of them, by the paths that the copies have."""

    held: Mapping[str, object] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)


def copy_stores(state: Path, target: Path, *, patience_s: float, hold: Hold | None = None) -> Copied:
    """Copy every store of `state` into `target`, a folder that is there and empty.

    Databases are copied beside their writer. So is the rest, where it settles; with `hold` its writer is held instead.

    Raises:
        StackError: a store cannot be copied whole.
    """
    held: dict[str, object] = {}
    digests: dict[str, str] = {}
    sources = [one for one in sorted(state.iterdir()) if not one.name.endswith((*_BESIDE_DATABASE, _DRAFT))]
    for source in sources:
        if source.name.endswith(_DATABASE):
            held[source.name] = copy_database(source, target / source.name)
    others = [source for source in sources if source.name not in held]
    with hold() if hold is not None else nullcontext():
        for source in others:
            copy = target / source.name
            read = copy_still(source, copy) if hold else copy_settled(source, copy, patience_s=patience_s)
            digests.update({(PurePosixPath(source.name) / path).as_posix(): one for path, one in read.items() if one})
    if (target / VECTORS).is_dir():
        held[VECTORS] = {"points": count_points(target / VECTORS)}
    return Copied(held, digests)


def copy_database(source: Path, target: Path) -> dict[str, int]:
    """Copy a database as of one commit, by SQLite's own means and beside any writer; give its tables and their rows.

    Raises:
        StackError: it cannot be read, or the copy is not sound.
    """
    try:
        # Not read-only: a log that a killed process left has to be taken over before its commits can be read.
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=_BUSY_S)) as reader,
            closing(sqlite3.connect(target)) as writer,
        ):
            reader.backup(writer)  # in one step: by pages it would begin anew after every commit
            # One file that can be hashed, instead of one that writes a log beside itself when it is looked at.
            writer.execute("PRAGMA journal_mode=DELETE")
        return rows_of(target)
    except sqlite3.Error as error:
        raise StackError(f"{source} cannot be copied: {error}") from None


def rows_of(database: Path) -> dict[str, int]:
    """Check a database that nobody uses, and count the rows of its tables.

    Raises:
        StackError: it is damaged.
    """
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as reader:
            verdict = reader.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if verdict != "ok":
                raise StackError(f"{database} is damaged: {verdict}")
            named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
            tables = [str(name) for (name,) in reader.execute(named)]
            return {table: int(reader.execute(_count_of(table)).fetchone()[0]) for table in tables}
    except sqlite3.Error as error:
        raise StackError(f"{database} is damaged: {error}") from None


def count_points(folder: Path) -> int | None:
    """Load a copy of the vector store as the service would, and count what it holds; None without the engine.

    Raises:
        StackError: it cannot be loaded.
    """
    try:
        import qdrant_edge  # noqa: PLC0415 - a native library that a machine with another store does not have
    except ImportError:
        return None
    with tempfile.TemporaryDirectory(prefix="vectors-", dir=folder.parent.parent) as scratch:
        # Loading writes: what is kept has to stay as it was copied.
        trial = Path(scratch) / VECTORS
        copy_still(folder, trial)
        try:
            shard = qdrant_edge.EdgeShard.load(str(trial))
            points = int(shard.count(qdrant_edge.CountRequest()))
            shard.close()
        except Exception as error:  # noqa: BLE001 - the engine raises plain Exception
            raise StackError(f"the copy of {VECTORS} cannot be loaded: {error}") from None
    return points


def _count_of(table: str) -> str:
    quoted = table.replace('"', '""')
    return f'SELECT count(*) FROM "{quoted}"'  # noqa: S608 - a name out of the database's own catalogue, quoted


def why_in_use(state: Path) -> str:
    """Say by whom the state is used right now; nothing when nobody has it open."""
    for database in sorted(state.glob(f"*{_DATABASE}")):
        if _is_open(database):
            return f"{database} is open in another process"
    if (state / VECTORS / "wal").is_dir() and _is_held(state / VECTORS / "wal"):
        return f"{state / VECTORS} is open in another process"
    return ""


def _is_open(database: Path) -> bool:
    """Tell whether another connection to the database is open, idle or not."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=rw", uri=True, timeout=0.2)) as own:
            own.execute("PRAGMA locking_mode=EXCLUSIVE")
            own.execute("BEGIN EXCLUSIVE")
            own.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        return "locked" in str(error)
    except sqlite3.Error:
        return False  # damaged, and therefore about to be replaced
    return False


def _is_held(folder: Path) -> bool:
    """Tell whether the vector engine holds its lock on the folder of its log."""
    import fcntl  # noqa: PLC0415 - not on every system that the stack's other commands run on

    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(handle)
    return False
