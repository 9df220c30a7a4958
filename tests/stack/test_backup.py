"""Backup and restore of a state folder: whole or not at all, beside a service that goes on."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from service.stack.backup.manifest import NAME, read_manifest
from service.stack.backup.restore import checked, restore_backup, take_back
from service.stack.backup.stable_copy import Unsettled
from service.stack.backup.take import take_backup
from service.stack.outcome import Exit, StackError
from service.stores.edge_vectors import EdgeVectors
from tests.parts.find import absent
from tests.stack.command import StackCommand
from tests.stack.states import State, contents_of, make_state

_INSERT = "INSERT INTO interactions (conversation_id, role, content, created_at) VALUES (?, ?, ?, ?)"


def test_what_was_backed_up_comes_back(stack: StackCommand, state: State, tmp_path: Path) -> None:
    """Conversations row by row and in order, memories by the service's own search; what came later is gone."""
    before, remembered = state.contents(), state.remembered("conversation-3", "fact 8")
    backup = tmp_path / "b"

    taken = stack("backup", "--state-dir", str(state.folder), "--output", str(backup))
    state.say("said later", "and more")
    assert state.contents() != before
    restored = stack("restore", str(backup), "--state-dir", str(state.folder))

    assert (taken.returncode, restored.returncode) == (0, 0), taken.stderr + restored.stderr
    assert "80 interactions" in taken.stdout
    assert "40 points" in taken.stdout
    assert state.contents() == before
    assert state.remembered("conversation-3", "fact 8") == remembered
    assert "fact 8" in remembered
    assert not [path for path in state.folder.parent.iterdir() if path.name.startswith(".")]


def test_it_is_repeatable_and_gives_a_new_folder_each_time(stack: StackCommand, state: State) -> None:
    """By default named by the time; an existing one is never overwritten."""
    first = stack("backup", "--state-dir", str(state.folder))
    name = first.stdout.split(":", 1)[0]
    again = stack("backup", "--state-dir", str(state.folder), "--output", name)

    assert first.returncode == 0
    assert name.startswith("backups/2")
    assert again.returncode == Exit.FAILED
    assert "never overwritten" in again.stderr
    assert stack("restore", name, "--check").returncode == 0


def test_the_other_vector_store_is_backed_up_as_a_database(tmp_path: Path) -> None:
    """With the engine `sqlite` there are two databases."""
    state = make_state(tmp_path / "data", exchanges=10, engine="sqlite")

    manifest = take_backup(state.folder, tmp_path / "b")

    assert manifest.stores == {"agent_state.sqlite": {"interactions": 20}, "vectors.sqlite": {"memories": 10}}
    restore_backup(tmp_path / "b", state.folder)
    assert state.remembered("conversation-1", "fact 6") == ["fact 6", "fact 1"]


def test_a_database_is_copied_as_of_one_commit_while_it_is_written(state: State, tmp_path: Path) -> None:
    """An exchange is two rows of one transaction: no copy ever has half of one."""
    ended = threading.Event()

    def write() -> None:
        with closing(sqlite3.connect(state.folder / "agent_state.sqlite", isolation_level=None)) as database:
            while not ended.is_set():
                database.execute("BEGIN IMMEDIATE")
                for role in ("user", "assistant"):
                    row = ("busy", role, "text " * 200, "2026-11-21T12:00:00.000Z")
                    statement = (
                        "INSERT INTO interactions (conversation_id, role, content, created_at) VALUES (?, ?, ?, ?)"
                    )
                    database.execute(statement, row)
                database.execute("COMMIT")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        counts = [_rows(take_backup(state.folder, tmp_path / f"b{number}").stores) for number in range(4)]
    finally:
        ended.set()
        writer.join()

    assert all(count % 2 == 0 for count in counts)
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]


def test_a_log_that_a_killed_process_left_is_part_of_the_copy(tmp_path: Path) -> None:
    """Commits that are only in the write-ahead log were acknowledged."""
    state = make_state(tmp_path / "data", exchanges=1)
    database = state.folder / "agent_state.sqlite"
    pid = os.fork()
    if pid == 0:
        opened = sqlite3.connect(database, isolation_level=None)
        opened.execute("PRAGMA wal_autocheckpoint=0")
        opened.execute(_INSERT, ("c", "user", "in the log", ""))
        os.kill(os.getpid(), 9)
    os.waitpid(pid, 0)
    assert (state.folder / "agent_state.sqlite-wal").stat().st_size > 0

    take_backup(state.folder, tmp_path / "b")

    assert "in the log" in contents_of(tmp_path / "b" / "state" / "agent_state.sqlite")


def test_memories_are_copied_while_the_service_holds_them(state: State, tmp_path: Path) -> None:
    """The vector store has one handle; the copy needs none."""
    import asyncio  # noqa: PLC0415 - this test alone

    async def hold() -> None:
        vectors = EdgeVectors(state.folder / "vectors")
        await vectors.add("00000000-0000-4000-8000-ffffffffffff", "held", "said and not yet flushed")
        manifest = await asyncio.to_thread(take_backup, state.folder, tmp_path / "b")
        assert manifest.stores["vectors"] == {"points": 41}
        await vectors.close()

    asyncio.run(hold())
    shutil.rmtree(state.folder)
    restore_backup(tmp_path / "b", state.folder)
    assert state.remembered("held", "said and not yet flushed") == ["said and not yet flushed"]


def test_files_that_never_settle_are_not_backed_up(state: State, tmp_path: Path) -> None:
    """A copy of half a change is none. Nothing is left behind."""
    ended, busy = threading.Event(), state.folder / "vectors" / "wal" / "busy"

    def write() -> None:
        number = 0
        with busy.open("wb", buffering=0) as file:
            while not ended.is_set():
                number += 1
                file.seek(0)
                file.write(number.to_bytes(8))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(Unsettled, match="is being written without a pause"):
            take_backup(state.folder, tmp_path / "b", patience_s=1.0)
    finally:
        ended.set()
        writer.join()

    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_holes_stay_holes(state: State, tmp_path: Path) -> None:
    """The vector store reserves far more than it uses; a backup takes what is used."""
    take_backup(state.folder, tmp_path / "b")

    files = [path for path in (tmp_path / "b").rglob("*") if path.is_file()]
    said = sum(path.stat().st_size for path in files)
    taken = sum(path.stat().st_blocks * 512 for path in files)
    assert said > 50_000_000
    assert taken < said / 10


def test_a_backup_is_nobody_elses_business(state: State, tmp_path: Path) -> None:
    """It holds conversations."""
    take_backup(state.folder, tmp_path / "b")

    assert (tmp_path / "b").stat().st_mode & 0o077 == 0


def _truncate(folder: Path) -> None:
    path = folder / "state" / "agent_state.sqlite"
    os.truncate(path, path.stat().st_size - 1)


def _flip(folder: Path) -> None:
    path = folder / "state" / "agent_state.sqlite"
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def _edit_manifest(**values: object) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        document = json.loads((folder / NAME).read_text())
        document.update(values)
        (folder / NAME).write_text(json.dumps(document))

    return damage


def _link(folder: Path) -> None:
    path = folder / "state" / "agent_state.sqlite"
    path.rename(folder.parent / "elsewhere.sqlite")
    path.symlink_to(folder.parent / "elsewhere.sqlite")


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda folder: (folder / NAME).unlink(), "no backup, or one that was interrupted"),
        (lambda folder: (folder / NAME).write_text('{"kind": "opscheck-sta'), "cannot be read"),
        (lambda folder: (folder / NAME).write_text("[]"), "not the manifest of a backup"),
        (_edit_manifest(format=2), "restore with a newer one"),
        (_edit_manifest(kind="other"), "not the manifest of a backup"),
        (_edit_manifest(stores={}), "was changed after it was written"),
        (_edit_manifest(files={}), "was changed after it was written"),
        (lambda folder: (folder / "state" / "agent_state.sqlite").unlink(), "missing"),
        (lambda folder: (folder / "state" / "more").write_text("x"), "not part of the backup"),
        (_truncate, "not what was written"),
        (_flip, "not what was written"),
        (_link, "neither a file nor a folder"),
        (shutil.rmtree, "is no folder"),
    ],
)
def test_what_is_not_whole_is_refused_and_the_state_stays(
    state: State, tmp_path: Path, damage: Callable[[Path], None], told: str
) -> None:
    """Damaged, incomplete, changed, of a newer format: told which, and nothing was touched."""
    backup = tmp_path / "b"
    take_backup(state.folder, backup)
    damage(backup)
    before = {path.name: path.stat().st_mtime_ns for path in state.folder.iterdir()}

    with pytest.raises(StackError, match=told):
        restore_backup(backup, state.folder)

    assert {path.name: path.stat().st_mtime_ns for path in state.folder.iterdir()} == before
    assert not list(tmp_path.glob(".*"))


def test_a_damaged_database_is_not_backed_up(state: State, tmp_path: Path) -> None:
    """A backup that could not be restored would be worse than the message."""
    database = state.folder / "agent_state.sqlite"
    raw = bytearray(database.read_bytes())
    raw[4096:8192] = os.urandom(4096)
    database.write_bytes(raw)

    with pytest.raises(StackError, match=r"agent_state\.sqlite"):
        take_backup(state.folder, tmp_path / "b")

    assert not (tmp_path / "b").exists()


def test_a_state_in_use_is_not_restored(state: State, tmp_path: Path) -> None:
    """An open database, even an idle one, and a vector store that is held: told which."""
    take_backup(state.folder, tmp_path / "b")
    with closing(sqlite3.connect(state.folder / "agent_state.sqlite")) as idle:
        idle.execute("SELECT count(*) FROM interactions").fetchone()
        with pytest.raises(StackError, match=r"agent_state\.sqlite is open in another process: stop the service first"):
            restore_backup(tmp_path / "b", state.folder)
    import qdrant_edge  # noqa: PLC0415 - this test alone

    shard = qdrant_edge.EdgeShard.load(str(state.folder / "vectors"))
    try:
        with pytest.raises(StackError, match="vectors is open in another process"):
            restore_backup(tmp_path / "b", state.folder)
    finally:
        shard.close()
    assert restore_backup(tmp_path / "b", state.folder) is not None


def test_the_old_state_is_kept_until_the_caller_is_content(state: State, tmp_path: Path) -> None:
    """And can be put back."""
    take_backup(state.folder, tmp_path / "b")
    state.say("after the backup")
    newest = state.contents()

    old = restore_backup(tmp_path / "b", state.folder)
    assert old is not None
    assert contents_of(old / "agent_state.sqlite") == newest
    take_back(old, state.folder)

    assert state.contents() == newest
    assert not old.exists()


def test_a_first_state_may_come_from_a_backup(state: State, tmp_path: Path) -> None:
    """There is nothing to keep, and taking it back leaves nothing."""
    take_backup(state.folder, tmp_path / "b")
    place = tmp_path / "new" / "data"

    assert restore_backup(tmp_path / "b", place) is None
    assert contents_of(place / "agent_state.sqlite") == state.contents()
    take_back(None, place)
    assert not place.exists()


def test_root_restores_for_a_service_that_is_not(state: State, tmp_path: Path) -> None:
    """The service has to be able to write what it finds."""
    if os.geteuid() != 0:
        absent("only root can give a state to somebody else")
    take_backup(state.folder, tmp_path / "b")
    for path in [state.folder, *state.folder.rglob("*")]:
        os.chown(path, 10001, 10001)

    restore_backup(tmp_path / "b", state.folder)

    assert {path.stat().st_uid for path in [state.folder, *state.folder.rglob("*")]} == {10001}


def test_nothing_to_back_up_is_told(stack: StackCommand, tmp_path: Path) -> None:
    """A typing error in the folder's name must not make an empty backup."""
    done = stack("backup", "--state-dir", str(tmp_path / "nowhere"))

    assert done.returncode == Exit.FAILED
    assert "there is no state to back up" in done.stderr
    assert not list(stack.folder.rglob(NAME))


def test_the_manifest_names_everything(state: State, tmp_path: Path) -> None:
    """Every file with size and digest, and what the stores held."""
    take_backup(state.folder, tmp_path / "b")

    manifest = read_manifest(tmp_path / "b")

    names = {path.relative_to(tmp_path / "b").as_posix() for path in (tmp_path / "b").rglob("*") if path.is_file()}
    assert set(manifest.files) == names - {NAME}
    assert manifest.stores == {"agent_state.sqlite": {"interactions": 80}, "vectors": {"points": 40}}
    assert checked(tmp_path / "b") == manifest


def _rows(stores: object) -> int:
    assert isinstance(stores, dict)
    return int(stores["agent_state.sqlite"]["interactions"])
