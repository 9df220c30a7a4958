"""What is damaged within whole pages, or cannot be brought to the present schema, is one line and never a traceback."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from opscheck.errors import UserError
from opscheck.history import History, open_history
from opscheck.model import Outcome
from tests.history.made import report, result
from tests.history.test_schemas import first_schema

ROOT = Path(__file__).parents[2]
QUESTIONS: list[Callable[[History], object]] = [
    lambda history: history.runs(),
    lambda history: list(history.results()),
    lambda history: history.days(),
    lambda history: history.report("first"),
]


@pytest.mark.parametrize("keeps", [20, 0], ids=["cut", "empty"])
@pytest.mark.parametrize("adds", [b"", bytes(500), zlib.compress(b"a")], ids=["", "zeros", "other"])
def test_damage_within_a_record_is_told(tmp_path: Path, keeps: int, adds: bytes) -> None:
    """The pages are whole and what they hold is not: SQLite keeps no check sums of them."""
    path = tmp_path / "history.sqlite"
    with open_history(path) as history:
        history.append(report("first"))
    connection = sqlite3.connect(path)
    ((whole,),) = connection.execute("select passes from run")
    connection.execute("update run set passes = ?", (whole[:keeps] + adds,))
    connection.commit()
    connection.close()

    with open_history(path) as history:
        with pytest.raises(UserError, match=r"history .* is damaged; it is left as it is, move it away"):
            list(history.results())
        assert [run.id for run in history.runs()] == ["first"]


@pytest.mark.parametrize(
    "change",
    [
        "update run set counts = '{'",
        "update word set text = '}' where id in (select command from run)",
        "update word set text = '[' where id in (select hosts from run)",
        "update finding set facts = '{'",
        "update finding set outcome = 99",
        "update roster set series = x'00'",
        "update day set counts = '['",
    ],
)
def test_one_value_that_is_damaged_is_told(tmp_path: Path, change: str) -> None:
    """Whichever of the questions meets it."""
    path = tmp_path / "history.sqlite"
    with open_history(path) as history:
        history.append(report("first", [result(Outcome.FAIL), result(check="other")]))
    connection = sqlite3.connect(path)
    connection.execute("delete from whole")
    assert connection.execute(change).rowcount > 0
    connection.commit()
    connection.close()

    told = []
    for question in QUESTIONS:
        with open_history(path) as history:
            try:
                question(history)
            except UserError as error:
                told.append(str(error))

    assert told
    assert all("is damaged; it is left as it is, move it away" in one for one in told)


def test_who_may_only_read_is_told_of_an_older_schema(tmp_path: Path) -> None:
    """It cannot be read as it is: whoever may write there brings it to the present one."""
    path = tmp_path / "history.sqlite"
    first_schema(path)
    told = _as_a_reader(path, "open_history(sys.argv[1])")

    assert "is of an older opscheck (schema 0001) and could not be brought to the present one: cannot" in told
    assert "open it once as somebody who may write there" in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("create", [False, True])
def test_who_may_only_read_is_told_to_copy_it(tmp_path: Path, create: bool) -> None:
    """Where nothing can be written beside it; a run that is to be recorded is told that it was not."""
    path = tmp_path / "history.sqlite"
    with open_history(path) as history:
        history.append(report())
    told = _as_a_reader(path, f"print(open_history(sys.argv[1], create={create}).runs())")

    beside = "even to read SQLite writes beside it (-wal, -shm), which is not permitted there; copy it"
    assert (beside in told) is not create
    assert ("nothing was recorded" in told or "may you write in it" in told) is create
    assert len(told.splitlines()) == 1


def test_who_may_not_read_it_is_not_told_to_copy_it(tmp_path: Path) -> None:
    """A copy could not be made either."""
    path = tmp_path / "history.sqlite"
    with open_history(path) as history:
        history.append(report())
    told = _as_a_reader(path, "open_history(sys.argv[1], create=False)", mode=0o000)

    assert "cannot be opened" in told
    assert "copy" not in told


def _as_a_reader(path: Path, code: str, mode: int = 0o444) -> str:
    """What a program prints that may at most read the file, and write neither it nor beside it."""
    folder = path.parent
    whole = (
        "import os, sys, alembic.command, alembic.config, opscheck.history.connection, opscheck.history.store\n"
        "from opscheck.errors import UserError; from opscheck.history import open_history\n"
        "os.setuid(65534) if os.geteuid() == 0 else None\n"
        f"try:\n    {code}\nexcept UserError as error:\n    print(error)\n"
    )
    path.chmod(mode)
    folder.chmod(0o555)
    for parent in folder.parents[:3]:
        if parent != Path("/tmp"):  # noqa: S108 - pytest's own folders below it
            parent.chmod(0o755)
    try:
        words = [sys.executable, "-c", whole, str(path)]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    finally:
        folder.chmod(0o755)
    return done.stdout
