"""Whole records or none, whoever writes and whatever ends them; what cannot be used is told and left as it is."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from opscheck.errors import UserError
from opscheck.history import open_history
from opscheck.history.tables import HEAD, metadata
from opscheck.model import Outcome
from tests.history.made import report, result
from tests.parts.find import absent

ROOT = Path(__file__).parents[2]
KILLS = 8  # `python -m benchmarks history` does it a hundred times
RESULTS = 60


def start_writer(location: Path | str, name: str, count: int, results: int) -> subprocess.Popen[str]:
    """A process that appends."""
    command = [sys.executable, "-m", "tests.history.writer", str(location), name, str(count), str(results)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def halves(path: Path) -> list[str]:
    """What is not whole in a history whose runs all have `RESULTS` results, a fifth of them failures."""
    with sqlite3.connect(path) as base:
        (sound,) = base.execute("PRAGMA integrity_check").fetchone()
        dangling = base.execute("PRAGMA foreign_key_check").fetchall()
    base.close()
    found = [] if sound == "ok" else [str(sound)]
    found += [f"dangling: {row}" for row in dangling]
    with open_history(path) as history:
        runs = history.runs()
        results = Counter((one.run, one.outcome) for one in history.results())
        for run in runs:
            if (results[run.id, Outcome.FAIL], results[run.id, Outcome.PASS]) != (RESULTS // 5, RESULTS * 4 // 5):
                found.append(f"{run.id} has {results}")
        days = sum(sum(one.counts.values()) for one in history.days())
    if days != len(runs) * RESULTS:
        found.append(f"{len(runs)} runs, and {days} results in the sums by day")
    return found


def test_a_killed_writer_leaves_whole_records_or_none(tmp_path: Path) -> None:
    """Kill -9 at any moment of a write: what it had acknowledged is there, nothing else is in part."""
    path = tmp_path / "history.sqlite"
    chance = random.Random(3)  # noqa: S311 - moments, no secrets
    acknowledged = 0
    for kill in range(KILLS):
        writer = start_writer(path, f"w{kill}", 0, RESULTS)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "0\n"
        time.sleep(chance.uniform(0, 0.1))
        writer.kill()
        rest, _ = writer.communicate()
        acknowledged += 1 + len(rest.splitlines())

    assert halves(path) == []
    with open_history(path) as history:
        assert len(history.runs()) in range(acknowledged, acknowledged + KILLS + 1)


def test_several_processes_append_at_once(tmp_path: Path) -> None:
    """Four of them, none finds a file: it is made once, nobody fails, nothing is lost."""
    path = tmp_path / "new" / "history.sqlite"
    writers = [start_writer(path, f"w{number}", 10, RESULTS) for number in range(4)]
    errors = [writer.communicate(timeout=120)[1] for writer in writers]

    assert errors == [""] * 4
    assert halves(path) == []
    with open_history(path) as history:
        assert len(history.runs()) == 40


def test_a_reader_sees_whole_runs_while_others_write(tmp_path: Path) -> None:
    """One question sees one state; no reader waits for a writer."""
    path = tmp_path / "history.sqlite"
    writer = start_writer(path, "w", 30, RESULTS)
    assert writer.stdout is not None
    assert writer.stdout.readline() == "0\n"
    with open_history(path) as history:
        while writer.poll() is None:
            counted = Counter(one.run for one in history.results())
            assert set(counted.values()) == {RESULTS}
    assert writer.communicate()[1] == ""


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"hello\n", "is no SQLite database; it is left as it is"),
        (b"x" * 5000, "is no SQLite database; it is left as it is"),
        (b"SQLite format 3\x00" + b"\xff" * 5000, "it is left as it is"),
    ],
    ids=["text", "long", "magic"],
)
def test_what_is_no_history_is_left_as_it_is(tmp_path: Path, content: bytes, told: str) -> None:
    """One line, and not a byte is changed."""
    path = tmp_path / "history.sqlite"
    path.write_bytes(content)

    with pytest.raises(UserError, match=told) as caught:
        open_history(path)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == content


def test_a_damaged_history_is_told(tmp_path: Path) -> None:
    """Pages overwritten in the middle: one line when they are met, at opening or later."""
    path = tmp_path / "history.sqlite"
    with open_history(path) as history:
        history.append_all([report(f"run-{number}") for number in range(60)])
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(8192)
        file.write(os.urandom(size - 8192))
    before = path.read_bytes()

    with pytest.raises(UserError, match=r"history .* is damaged; it is left as it is"), open_history(path) as history:
        list(history.results())
    with pytest.raises(UserError, match="damaged"), open_history(path) as history:
        history.append(report("later"))
    assert path.read_bytes() == before


def test_a_newer_history_is_told(tmp_path: Path) -> None:
    """A schema that this code does not know is neither read nor written."""
    path = tmp_path / "history.sqlite"
    with open_history(path) as history:
        history.append(report())
    with sqlite3.connect(path) as base:
        base.execute("UPDATE alembic_version SET version_num = '9999'")
    base.close()
    before = path.read_bytes()

    with pytest.raises(UserError, match=r"written by a newer opscheck \(schema 9999, this one knows \d+\).*upgrade"):
        open_history(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("statement", ["CREATE TABLE run (id)", "PRAGMA application_id=7"])
def test_somebody_elses_database_is_left_alone(tmp_path: Path, statement: str) -> None:
    """Another program's SQLite file gets no table of ours."""
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as base:
        base.execute(statement)
        base.execute("CREATE TABLE theirs (id)")
    base.close()
    before = path.read_bytes()

    with pytest.raises(UserError, match="is a database of something else; it is left as it is"):
        open_history(path)
    assert path.read_bytes() == before


def test_what_is_not_there_is_not_made_by_a_reader(tmp_path: Path) -> None:
    """Who only asks leaves no file behind."""
    with pytest.raises(UserError, match="nothing has been recorded there yet"):
        open_history(tmp_path / "x" / "history.sqlite", create=False)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UserError, match="is no file"):
        open_history(tmp_path)


def in_a_mount(tmp_path: Path, options: str, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a mount namespace of its own, with a file system of these options at `tmp_path`/disk."""
    if shutil.which("unshare") is None:
        absent("unshare is not installed")
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = f"mount -t tmpfs -o {options} none {disk}"
    probe = subprocess.run(["unshare", "-m", "sh", "-c", mount], capture_output=True, check=False)
    if probe.returncode != 0:
        absent("unshare may not mount here")
    words = ["unshare", "-m", "sh", "-c", f'{mount} && exec "$0" -c "$1" "$2"', sys.executable, code, str(disk)]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


FILL = """
import sys
from opscheck.errors import UserError
from opscheck.history import open_history
from tests.history.made import report, result
from tests.parts.find import absent
path = sys.argv[1] + "/history.sqlite"
written = 0
try:
    with open_history(path) as history:
        for number in range(500):
            history.append(report(f"run-{number}", [result(check=f"c{number}-{index}") for index in range(50)]))
            written += 1
except UserError as error:
    print(error)
with open_history(path) as history:
    print(written, len(history.runs()), len(list(history.results())))
"""


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    """What was recorded before stays whole and can be read."""
    done = in_a_mount(tmp_path, "size=2m", FILL)

    assert done.returncode == 0, done.stderr
    told, numbers = done.stdout.splitlines()
    written, runs, results = map(int, numbers.split())
    assert told.endswith("the disk is full; nothing was recorded")
    assert 0 < written < 500
    assert (runs, results) == (written, written * 50)


def test_a_read_only_folder_is_told(tmp_path: Path) -> None:
    """Where nothing can be made."""
    done = in_a_mount(tmp_path, "ro", FILL.partition("with open_history(path) as history:\n    print")[0])

    assert done.returncode == 0, done.stderr
    assert "cannot be opened" in done.stdout or "Read-only" in done.stdout
    assert done.stdout.count("\n") == 1


def test_a_file_is_made_for_many_readers_and_one_writer(tmp_path: Path) -> None:
    """WAL, space that can be given back, our mark; and nothing but the file is left when all are done."""
    path = tmp_path / "history.sqlite"
    with open_history(path) as history:
        history.append(report())
        with history.connections.reading() as connection:
            told = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "auto_vacuum", "page_size", "application_id", "foreign_keys")
            }
    assert told == {
        "journal_mode": "wal",
        "auto_vacuum": 2,
        "page_size": 8192,
        "application_id": int.from_bytes(b"opsc"),
        "foreign_keys": 1,
    }
    assert [one.name for one in tmp_path.iterdir()] == ["history.sqlite"]


def test_the_migrations_come_to_what_the_code_knows(tmp_path: Path) -> None:
    """Every table and column of `tables` is made, and no other; HEAD is the last step."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415 - only here
    from alembic.config import Config  # noqa: PLC0415 - only here
    from alembic.migration import MigrationContext  # noqa: PLC0415 - only here
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - only here

    with open_history(tmp_path / "history.sqlite") as history, history.connections.reading() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
        made = {table: sa.inspect(connection).get_columns(table) for table in metadata.tables}
    assert differences == []
    for name, columns in made.items():
        assert [one["name"] for one in columns] == [one.name for one in metadata.tables[name].columns]
    config = Config()
    config.set_main_option("script_location", str(ROOT / "opscheck" / "history" / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == HEAD


def test_words_that_another_process_pruned_are_looked_up_again(tmp_path: Path) -> None:
    """A watcher that runs for weeks remembers words; a prune beside it takes them."""
    path = tmp_path / "history.sqlite"
    with open_history(path) as watcher:
        watcher.append(report("run-1", [result(Outcome.FAIL)]))
        with open_history(path) as other, other.connections.writing() as connection:
            for table in ("finding", "whole", "day", "run", "roster", "series", "word"):
                connection.execute(metadata.tables[table].delete())
        watcher.append(report("run-2", [result(Outcome.FAIL)]))

        assert [(one.run, one.reason) for one in watcher.results()] == [("run-2", "liveness is not well")]


def test_without_sqlalchemy_the_error_names_the_extra() -> None:
    """And importing history, its records and trends needs nothing."""
    code = (
        "import sys\nfor name in ('sqlalchemy', 'alembic', 'psycopg'):\n    sys.modules[name] = None\n"
        "import opscheck.history.trends\nfrom opscheck.errors import ToolMissing\n"
        "try:\n    opscheck.history.open_history('x.sqlite')\nexcept ToolMissing as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "SQLAlchemy is not installed; pip install opscheck[history] brings it\n"


def test_a_process_that_opens_it_twice_loses_nothing_to_others(tmp_path: Path) -> None:
    """A watcher has it open for days, looks into it meanwhile, and others come and go: the write-ahead log stays."""
    path = tmp_path / "history.sqlite"
    with open_history(path) as long:
        long.append(report("first", [result()]))
        with open_history(path) as short:
            assert len(short.runs()) == 1
        other = start_writer(path, "other", 1, RESULTS)
        other.communicate(timeout=60)
        long.append(report("last", [result()]))
        here = {one.name for one in path.parent.iterdir()}
    with open_history(path) as later:
        kept = {run.id for run in later.runs()}

    assert f"{path.name}-wal" in here
    assert {"first", "last"} < kept
    assert len(kept) == 3
