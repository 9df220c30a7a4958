"""The same over a real Postgres, where several machines share a history; its password is shown nowhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from opscheck.errors import UserError
from opscheck.history import open_history
from opscheck.history.place import shown_location
from opscheck.history.pruning import prune
from opscheck.model import Outcome
from tests.history.made import MINUTE, START, report, result
from tests.parts.postgres import Postgres
from tests.report.sample import hostile, realistic

ROOT = Path(__file__).parents[2]


@pytest.fixture
def url(postgres_server: Postgres, request: pytest.FixtureRequest) -> str:
    """An empty database, its login in the URL."""
    name = f"h_{abs(hash(request.node.name)) % 10**8}"
    assert postgres_server.ask(f'create database "{name}"', database="postgres") == ""
    login = f"{postgres_server.user}:{postgres_server.password}"
    return f"postgresql://{login}@127.0.0.1:{postgres_server.port}/{name}"


def test_what_is_appended_comes_back(url: str) -> None:
    """Reports, results, days, runs, pruning: one schema."""
    with open_history(url) as history:
        history.append(realistic())
        history.append(hostile())
        history.append(report("run-1", [result(Outcome.FAIL), result(check="cors")]), source="watch")
        history.append(report("run-1"), window="w1")

        found = history.report(realistic().run.id)
        assert found is not None
        assert found.as_dict() == realistic().as_dict()
        (run,) = history.runs(window="w1")
        assert (run.id, run.started, run.source) == ("run-1", START, "watch")
        assert [one.outcome for one in history.results(run="run-1")] == [Outcome.FAIL, Outcome.PASS]
        assert history.find("run-") == "run-1"
        assert {"liveness", "cors"} <= history.names().checks
        assert history.names().windows == {"w1"}
        assert {one.check: dict(one.counts) for one in history.days(host="prod", check="cors")} == {
            "cors": {Outcome.PASS: 1}
        }
        done = prune(history.connections, now=START + timedelta(days=200))
        assert (done.runs, done.passes) == (0, 3)
        assert Counter(one.outcome for one in history.results(run="run-1")) == {Outcome.FAIL: 1}
        full = prune(history.connections, now=START + timedelta(days=1), max_size=1000)
        assert re.match(r"3 runs and \d+ sums by day are left; the newest stay whatever the size", full.kept_back)
    with open_history(url, create=False) as again:
        assert len(again.runs()) == 3


def test_a_run_that_was_let_go_of_is_not_counted_again(url: str) -> None:
    """As in a file."""
    with open_history(url) as history:
        history.append_all([report("good"), report("bad", [result(Outcome.FAIL)])])
        prune(history.connections, now=START + timedelta(days=100))
        assert history.append_all([report("good"), report("bad"), report("other")]) == (0, 2)
        assert [dict(one.counts) for one in history.days()] == [{Outcome.PASS: 1, Outcome.FAIL: 1}]
        prune(history.connections, now=START + timedelta(days=500))
        later = START + timedelta(days=1)
        assert history.append_all([report("bad", [result(Outcome.FAIL)]), report("new", at=later)]) == (1, 1)


def test_several_processes_append_at_once(url: str) -> None:
    """Into a database that has no table yet."""
    words = [sys.executable, "-m", "tests.history.writer", url]
    writers = [
        subprocess.Popen(
            [*words, f"w{number}", "8", "40"],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    assert [writer.communicate(timeout=120)[1] for writer in writers] == ["", "", ""]

    with open_history(url) as history:
        counted = Counter(one.run for one in history.results())
        assert len(counted) == 24
        assert set(counted.values()) == {40}
        assert sum(sum(one.counts.values()) for one in history.days()) == 24 * 40
        times = [one.at for one in history.results(since=START + MINUTE)]
        assert times == sorted(times)


def test_a_killed_writer_leaves_whole_runs(url: str) -> None:
    """A connection that goes away takes its transaction with it."""
    for kill in range(3):
        words = [sys.executable, "-m", "tests.history.writer", url, f"k{kill}", "0", "40"]
        with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True) as writer:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "0\n"
            writer.kill()
    with open_history(url) as history:
        counted = Counter(one.run for one in history.results())
    assert len(counted) >= 3
    assert set(counted.values()) == {40}


def test_the_password_may_come_from_the_environment(
    url: str, postgres_server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As every program of Postgres reads it."""
    monkeypatch.setenv("PGPASSWORD", postgres_server.password)
    without = url.replace(f":{postgres_server.password}@", "@")
    with open_history(without) as history:
        history.append(report())
        assert postgres_server.password not in history.location


def test_what_cannot_be_reached_is_told_without_its_password(postgres_server: Postgres) -> None:
    """Wrong password, wrong port, wrong scheme, no URL: one line each."""
    secret = "hunter22&x"
    for url in (
        f"postgresql://ops:{secret}@127.0.0.1:{postgres_server.port}/ops",
        f"postgresql://ops:{secret}@127.0.0.1:9/ops",
        f"postgresql://127.0.0.1:9/ops?user=ops&password={secret}",
        f"mysql://ops:{secret}@127.0.0.1/ops",
        f"postgresql://ops:{secret}@127.0.0.1:port/ops",
    ):
        with pytest.raises(UserError) as caught:
            open_history(url)
        assert "hunter22" not in str(caught.value)
        assert "\n" not in str(caught.value)
        assert str(caught.value).startswith(f"history {shown_location(url)}")


def test_a_newer_schema_and_somebody_elses_are_left_alone(url: str, postgres_server: Postgres) -> None:
    """As with a file."""
    name = url.rpartition("/")[2]
    with open_history(url):
        pass
    postgres_server.ask("update alembic_version set version_num = '9999'", database=name)
    with pytest.raises(UserError, match="written by a newer opscheck"):
        open_history(url)
    postgres_server.ask("update alembic_version set version_num = 'abc'; drop table day cascade", database=name)
    with pytest.raises(UserError, match=r"newer opscheck|something else"):
        open_history(url)


def test_a_run_records_there_and_shows_no_password(url: str, postgres_server: Postgres, tmp_path: Path) -> None:
    """The report, the terminal and the options' listing have no password."""
    command = [sys.executable, "-m", "opscheck", "run", "-m", "smoke", "-k", "bad_requests", "--ops-report=r.json"]
    environment = {**os.environ, "OPSCHECK_HISTORY": url}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    shown = subprocess.run(
        [*command, "--ops-show-config", f"--ops-history={url}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    assert "not recorded" not in done.stdout
    for text in (done.stdout, done.stderr, shown.stdout, (tmp_path / "r.json").read_text()):
        assert postgres_server.password not in text
    with open_history(url) as history:
        assert len(history.runs()) == 1
