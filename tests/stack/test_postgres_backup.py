"""A database as part of a backup, with a real Postgres."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import threading
from contextlib import closing
from pathlib import Path

import pytest

from service.stack.backup.postgres import DUMP, Postgres
from service.stack.backup.restore import checked
from service.stack.outcome import Exit, StackError
from tests.parts.find import require_tool
from tests.parts.postgres import Postgres as Server
from tests.stack.command import StackCommand
from tests.stack.states import State


@pytest.fixture
def database(postgres_server: Server) -> str:
    """Give the URL of a database with a table in it; the tools have to be here."""
    require_tool("pg_dump")
    require_tool("pg_restore")
    name = f"backup_{os.urandom(4).hex()}"
    postgres_server.ask(f"create database {name}", database="postgres")
    postgres_server.ask("create table facts (n int primary key, said text)", database=name)
    postgres_server.ask("insert into facts select n, 'fact ' || n from generate_series(1, 500) n", database=name)
    login = f"{postgres_server.user}:{postgres_server.password}"
    return f"postgresql://{login}@127.0.0.1:{postgres_server.port}/{name}"


def rows(server: Server, url: str) -> str:
    """Count the rows, and give the last."""
    return server.ask("select count(*), max(n) from facts", database=url.rpartition("/")[2])


def databases(server: Server, url: str) -> list[str]:
    """Name the databases that begin like this one."""
    every = server.ask("select datname from pg_database", database="postgres").split()
    return [one for one in every if one.startswith(url.rpartition("/")[2])]


def test_database_and_state_come_back_together(
    stack: StackCommand, state: State, database: str, postgres_server: Server, tmp_path: Path
) -> None:
    """One backup, one manifest; the password is told nowhere."""
    words = ("--state-dir", str(state.folder))
    said = state.contents()

    taken = stack("backup", *words, "--output", str(tmp_path / "b"), STACK_POSTGRES_URL=database)
    postgres_server.ask("insert into facts values (501, 'later')", database=database.rpartition("/")[2])
    state.say("later")
    restored = stack("restore", str(tmp_path / "b"), *words, STACK_POSTGRES_URL=database)

    assert (taken.returncode, restored.returncode) == (0, 0), taken.stderr + restored.stderr
    assert "postgres 1 tables" in taken.stdout
    assert rows(postgres_server, database) == "500|500"
    assert state.contents() == said
    assert databases(postgres_server, database) == [database.rpartition("/")[2]]
    told = (
        taken.stdout + taken.stderr + restored.stdout + restored.stderr + (tmp_path / "b" / "manifest.json").read_text()
    )
    assert postgres_server.password not in told


def test_a_session_that_is_open_does_not_keep_the_old_database(
    database: str, postgres_server: Server, tmp_path: Path
) -> None:
    """It would go on writing into what is no longer used."""
    own = Postgres(database, dict(os.environ))
    own.dump(tmp_path / DUMP)
    sleeping = threading.Thread(
        target=postgres_server.ask, args=("select pg_sleep(60)",), kwargs={"database": database.rpartition("/")[2]}
    )
    sleeping.start()

    swapped = own.put(tmp_path / DUMP)
    sleeping.join(20)

    assert not sleeping.is_alive()
    assert rows(postgres_server, database) == "500|500"
    own.discard(swapped)


def test_it_can_be_undone(database: str, postgres_server: Server, tmp_path: Path) -> None:
    """Where the rest of a restore fails, the database is what it was."""
    own = Postgres(database, dict(os.environ))
    own.dump(tmp_path / DUMP)
    postgres_server.ask("delete from facts where n > 7", database=database.rpartition("/")[2])

    swapped = own.put(tmp_path / DUMP)
    between = rows(postgres_server, database)
    own.undo(swapped)

    assert between == "500|500"
    assert rows(postgres_server, database) == "7|7"
    assert databases(postgres_server, database) == [database.rpartition("/")[2]]


def test_a_state_that_cannot_be_restored_leaves_the_database_as_well(
    stack: StackCommand, state: State, database: str, postgres_server: Server, tmp_path: Path
) -> None:
    """Both or none: here somebody has the state open."""
    words = ("--state-dir", str(state.folder))
    assert stack("backup", *words, "--output", str(tmp_path / "b"), STACK_POSTGRES_URL=database).returncode == 0
    postgres_server.ask("delete from facts where n > 7", database=database.rpartition("/")[2])
    with closing(sqlite3.connect(state.folder / "agent_state.sqlite")) as held:
        held.execute("select count(*) from interactions").fetchone()
        done = stack("restore", str(tmp_path / "b"), *words, STACK_POSTGRES_URL=database)

    assert done.returncode == Exit.FAILED
    assert "stop the service first" in done.stderr
    assert rows(postgres_server, database) == "7|7"
    assert databases(postgres_server, database) == [database.rpartition("/")[2]]


def test_a_dump_that_cannot_be_restored_leaves_the_database(
    database: str, postgres_server: Server, tmp_path: Path
) -> None:
    """And nothing of the attempt."""
    own = Postgres(database, dict(os.environ))
    own.dump(tmp_path / DUMP)
    os.truncate(tmp_path / DUMP, (tmp_path / DUMP).stat().st_size - 200)

    with pytest.raises(StackError, match="pg_restore"):
        own.put(tmp_path / DUMP)

    assert rows(postgres_server, database) == "500|500"
    assert databases(postgres_server, database) == [database.rpartition("/")[2]]


def test_a_database_that_is_not_there_makes_no_backup(stack: StackCommand, state: State, tmp_path: Path) -> None:
    """Half a backup would be taken for a whole one."""
    require_tool("pg_dump")
    url = "postgresql://ops:s3cr3t@127.0.0.1:9/ops"

    done = stack("backup", "--state-dir", str(state.folder), "--output", str(tmp_path / "b"), STACK_POSTGRES_URL=url)

    assert done.returncode == Exit.FAILED
    assert "pg_dump: " in done.stderr
    assert "s3cr3t" not in done.stderr
    assert not (tmp_path / "b").exists()


def test_a_backup_with_a_database_wants_to_know_where_it_belongs(
    stack: StackCommand, state: State, database: str, tmp_path: Path
) -> None:
    """Restoring half of it in silence would lose the other half."""
    words = ("--state-dir", str(state.folder))
    stack("backup", *words, "--output", str(tmp_path / "b"), STACK_POSTGRES_URL=database)

    done = stack("restore", str(tmp_path / "b"), *words)

    assert done.returncode == Exit.USAGE
    assert "set STACK_POSTGRES_URL" in done.stderr
    assert DUMP in checked(tmp_path / "b").files


@pytest.mark.parametrize(
    "url", ["mysql://u:s3cr3t@h/db", "postgresql://h", "postgresql://u:s3cr3t@h:port/db", "s3cr3t"]
)
def test_an_address_of_another_form_is_not_repeated(url: str) -> None:
    """It may hold a password."""
    with pytest.raises(StackError) as caught:
        Postgres(url, {})

    assert caught.value.code is Exit.USAGE
    assert "s3cr3t" not in str(caught.value)


def test_without_the_tools_it_says_what_to_install(tmp_path: Path) -> None:
    """A missing program is told by its name."""
    with pytest.raises(StackError, match="pg_dump is missing: install the client of PostgreSQL"):
        Postgres("postgresql://127.0.0.1/db", {"PATH": str(tmp_path)}).dump(tmp_path / DUMP)


def test_the_password_is_in_no_process_list(database: str, tmp_path: Path) -> None:
    """The tools get it by their environment."""
    folder = tmp_path / "bin"
    folder.mkdir()
    seen = tmp_path / "seen"
    for name in ("pg_dump", "pg_restore"):
        real = shutil.which(name) or name
        (folder / name).write_text(f'#!/bin/sh\necho "$0 $@" >> {seen}\nexec {real} "$@"\n')
        (folder / name).chmod(0o755)
    password = database.split(":")[2].split("@", maxsplit=1)[0]

    Postgres(database, {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}).dump(tmp_path / DUMP)

    assert "pg_dump" in seen.read_text()
    assert password not in seen.read_text()
    listed = subprocess.run(["pg_restore", "--list", tmp_path / DUMP], capture_output=True, text=True, check=True)
    assert "TABLE DATA public facts" in listed.stdout
