"""From an older schema to the present one; and what all runs of a selection share stands once."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from opscheck.history import open_history, tables
from opscheck.history.connection import Connections
from opscheck.history.pruning import prune
from opscheck.report.run import Gap, RunReport
from tests.history.made import START, report

ROOT = Path(__file__).parents[2]
GAPS = [Gap(f"suites/edge/test_tls.py::test_{number}[prod]", "host prod lists no url for edge") for number in range(99)]


def _with_gaps(name: str, number: int = 0) -> RunReport:
    made = report(name, at=START + timedelta(minutes=number))
    return replace(made, gaps=GAPS, run=replace(made.run, argv=_command(number)))


def _command(number: int) -> tuple[str, ...]:
    return ("opscheck", "run", f"--ops-report=report-{number}.json")


def first_schema(path: Path) -> None:
    """A database as the first step leaves it."""
    from alembic import command  # noqa: PLC0415 - only here
    from alembic.config import Config  # noqa: PLC0415 - only here

    config = Config()
    config.set_main_option("script_location", str(ROOT / "opscheck" / "history" / "migrations"))
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(f"PRAGMA application_id={int.from_bytes(b'opsc')}")
    engine.dispose()


def _as_the_first_schema_had_it(source: Path, target: Path) -> None:
    """The same runs, with what does not apply within their frames."""
    first_schema(target)
    connection = sqlite3.connect(target)
    connection.execute("attach database ? as new", (str(source),))
    for name in ("word", "series", "roster", "finding", "day"):
        connection.execute(f"insert into main.{name} select * from new.{name}")  # noqa: S608 - our own names
    kept = [one.name for one in tables.run.columns if one.name not in ("gaps", "command")]
    columns = ", ".join(f'"{name}"' for name in kept)
    connection.execute(f"insert into main.run ({columns}) select {columns} from new.run")  # noqa: S608 - our own names
    joined = "new.run r join new.word f on f.id = r.frame join new.word g on g.id = r.gaps"
    joined += " join new.word c on c.id = r.command"
    asked = f"select r.id, f.text, g.text, c.text from {joined}"  # noqa: S608 - our own names
    for number, (run, text, gaps, argv) in enumerate(connection.execute(asked).fetchall()):
        frame = json.dumps({**json.loads(text), "not_applicable": json.loads(gaps), "argv": json.loads(argv)})
        row = connection.execute("insert into main.word (digest, text) values (?, ?)", (b"%d" % number, frame))
        connection.execute("update main.run set frame = ? where id = ?", (row.lastrowid, run))
    connection.commit()
    connection.close()


def test_a_history_of_the_first_schema_is_read_and_written_on(tmp_path: Path) -> None:
    """Opened once, it is of the present one; its runs tell what they told."""
    with open_history(tmp_path / "new.sqlite") as history:
        history.append_all([_with_gaps("one", 1), _with_gaps("two", 2)])
        with history.connections.writing() as connection:
            connection.execute(sa.delete(tables.whole))  # what is rebuilt is what is tested
        wanted = history.report("one")
    assert wanted is not None
    assert list(wanted.gaps) == GAPS
    _as_the_first_schema_had_it(tmp_path / "new.sqlite", tmp_path / "old.sqlite")

    with open_history(tmp_path / "old.sqlite") as history:
        assert history.report("one") == wanted
        history.append(_with_gaps("three", 3))
        prune(history.connections, now=START + timedelta(days=1))
        assert history.report("one") == wanted
        last = history.report("three")
        assert [run.id for run in history.runs()] == ["three", "two", "one"]
        assert [run.argv for run in history.runs()] == [_command(3), (), ()]
        assert [run.id for run in history.runs(argv=_command(3))] == ["three"]
        assert history.runs(argv=_command(4)) == []
    assert last is not None
    assert list(last.gaps) == GAPS


def test_what_does_not_apply_stands_once(tmp_path: Path) -> None:
    """A run's command and what it spent differ from run to run: 99 gaps with their reasons do not, and are long."""
    with open_history(tmp_path / "history.sqlite") as history:
        history.append_all([_with_gaps(f"run-{number}", number) for number in range(40)])
        with history.connections.reading() as connection:
            longest = connection.execute(
                sa.select(sa.func.length(tables.word.c.text)).order_by(sa.func.length(tables.word.c.text).desc())
            ).scalars()
            first, second, *_ = longest
            distinct = connection.execute(sa.select(sa.func.count(tables.run.c.gaps.distinct()))).scalar()
    assert distinct == 1
    assert first > 5000
    assert second < 1000


def test_a_prune_keeps_the_texts_that_runs_of_either_schema_need(tmp_path: Path) -> None:
    """A run without the new column must not keep every text from going."""
    with open_history(tmp_path / "new.sqlite") as history:
        history.append_all([_with_gaps("one", 1), _with_gaps("two", 60 * 24 * 30)])
    _as_the_first_schema_had_it(tmp_path / "new.sqlite", tmp_path / "old.sqlite")

    with open_history(tmp_path / "old.sqlite") as history:
        before = _words(history.connections)
        prune(history.connections, now=START + timedelta(days=31), keep_passes=timedelta(days=5))
        assert [run.id for run in history.runs()] == ["two"]
        assert history.append_all([_with_gaps("one", 1)]) == (0, 1)
        assert _words(history.connections) < before


def _words(connections: Connections) -> int:
    with connections.reading() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(tables.word)).scalar_one())
