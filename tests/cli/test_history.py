"""`opscheck history`, as a user starts it, clumsily as well."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from opscheck.cli.history import app
from opscheck.cli.history_words import run_rows
from opscheck.history import RunRecord, open_history
from opscheck.model import Outcome
from tests.history.made import report, result

Ask = Callable[..., Result]
NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = NOW - timedelta(minutes=10)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history of the last minutes: `answers` flapped and is failing, `liveness` is well and became slow."""
    path = tmp_path / "history.sqlite"
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPSCHECK_HISTORY", raising=False)
    monkeypatch.setenv("COLUMNS", "200")
    with open_history(path) as history:
        for number, outcome in enumerate([Outcome.PASS, Outcome.FAIL, Outcome.PASS, Outcome.FAIL, Outcome.FAIL]):
            at = TODAY + timedelta(minutes=number)
            found = [
                result(outcome, check="answers", at=at, evidence=()),
                result(at=at, total=900.0 if number == 4 else 20.0),
            ]
            history.append(report(f"run-{number}", found, at=at), source="watch" if number < 2 else "run")
    return path


@pytest.fixture
def ask(place: Path) -> Ask:
    """Ask that history."""

    def run(*words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--history", str(place)])

    return run


def test_runs_are_listed(ask: Ask) -> None:
    """The newest first, with what they came to; JSON tells the same."""
    done = ask("list")
    assert done.exit_code == 0
    head, first, *_, last = done.stdout.splitlines()
    assert head.split() == ["run", "started", "decision", "hosts", "results", "source"]
    assert first.split()[0] == "run-4"
    assert "FAIL" in first
    assert "1 FAIL, 1 PASS" in first
    assert last.startswith("run-0")
    assert "GO" in last

    rows = json.loads(ask("list", "--json", "--source", "watch").stdout)
    assert [row["id"] for row in rows] == ["run-1", "run-0"]
    assert rows[0]["counts"] == {"FAIL": 1, "PASS": 1}
    assert len(json.loads(ask("list", "--limit", "2", "--json").stdout)) == 2
    assert ask("list", "--source", "import").stdout == "import: no run\n"
    assert ask("list", "--host", "prod", "--since", "1s").stdout.startswith("prod: no run since 2")


def test_a_run_is_shown(ask: Ask) -> None:
    """By id or by how long ago it was."""
    done = ask("show", "run-3")
    assert done.exit_code == 0
    assert "FAIL: 1 of 2 checks failed on prod" in done.stdout
    assert json.loads(ask("show", "latest~1", "--json").stdout)["run"]["id"] == "run-3"


def test_a_run_is_held_against_a_baseline(ask: Ask) -> None:
    """Worse outcome and slower, told apart; exit code 1."""
    done = ask("show", "latest", "--against", "run-0")
    assert done.exit_code == 1
    assert "2 checks are worse in run-4 than in run-0" in done.stdout
    assert "outcome  prod  answers: PASS before, FAIL now: answers is not well" in done.stdout
    assert "slower   prod  liveness: 20 ms before, 900 ms now" in done.stdout

    better = ask("show", "run-2", "--against", "run-1")
    assert (better.exit_code, better.stdout) == (0, "nothing is worse in run-2 than in run-1\n")
    rows = json.loads(ask("show", "run-4", "--against", "run-0", "--json").stdout)["regressions"]
    assert [row["worse"] for row in rows] == ["outcome", "slower"]


def test_a_trend_is_told(ask: Ask) -> None:
    """Share of good results and percentiles by test; days on which nobody looked are told."""
    done = ask("trend")
    assert done.exit_code == 0
    head, answers, liveness = (line.split() for line in done.stdout.splitlines()[:-1])
    assert head[:7] == ["host", "check", "good%", "good", "bad", "waived", "unseen"]
    assert answers[:7] == ["prod", "answers", "40.00%", "2", "3", "0", "0"]
    assert liveness[:7] == ["prod", "liveness", "100%", "5", "0", "0", "0"]
    legend = "good% = good of good + bad; waived and unseen (not measured) count as neither"
    assert done.stdout.splitlines()[-1] == legend

    close = ask("trend", "--check", "answers", "--since", "3d").stdout
    assert legend in close
    assert f"\nby time since {TODAY:%Y-%m-%d}: each result stands until the next one; good% counts the results" in close
    assert "\nby day (UTC), all of the above together\nday " in close
    assert "3 changes between good and bad" in close
    assert "failing since" in close
    assert close.count("nobody looked") >= 2

    told = json.loads(ask("trend", "--check", "liveness", "--json").stdout)
    assert told["tests"][0]["latency"]["count"] == 5
    assert told["tests"][0]["latency"]["p99_s"] == pytest.approx(0.9, rel=0.02)
    assert told["close"][0]["availability"]["down_s"] == 0


def test_flaps_are_told(ask: Ask) -> None:
    """Only of tests that changed or fail, with since when."""
    done = ask("flaps")
    (line,) = done.stdout.splitlines()[1:]
    assert line.split()[:3] == ["prod", "answers", "3"]
    assert "failing since" in line
    (row,) = json.loads(ask("flaps", "--json").stdout)
    assert [one["to"] for one in row["changes"]] == ["down", "up", "down"]
    assert datetime.fromisoformat(row["failing_since"]) == TODAY + timedelta(minutes=3, seconds=10)


def test_history_is_pruned(ask: Ask) -> None:
    """First told, then done."""
    told = ask("prune", "--keep-passes", "0s", "--keep-failures", "1d", "--dry-run")
    assert told.exit_code == 0
    assert "2 runs would go entirely, the passes of 3 more runs, 0 sums by day" in told.stdout
    assert "kept: passes for 0s, failures for 1d, sums by day for 4d\n" in told.stdout
    assert len(json.loads(ask("list", "--json").stdout)) == 5

    done = json.loads(ask("prune", "--keep-passes", "0s", "--keep-failures", "1d", "--json").stdout)
    assert (done["runs"], done["passes"]) == (2, 3)
    assert len(json.loads(ask("list", "--json").stdout)) == 3
    larger = ask("prune", "--max-size", "1kB", "--dry-run")
    assert larger.exit_code == 0
    first, by_age, kept, size = larger.stdout.splitlines()
    until = "until it fits or only the newest days are left"
    assert first == f"larger than --max-size 1.0 kB: the oldest would go, {until}"
    assert by_age == "by age: nothing is older than it is to be kept"
    assert kept.startswith("kept at most: passes for 90d")
    assert re.fullmatch(r"on disk: [0-9.]+ kB", size)
    older = ask("prune", "--keep-passes", "0s", "--keep-failures", "0s", "--max-size", "1kB", "--dry-run")
    first, by_age, *_ = older.stdout.splitlines()
    assert first.endswith(f"what is too old would go and, if it still does not fit, more of the oldest, {until}")
    assert by_age.startswith("by age: 3 runs would go entirely, ")
    full = ask("prune", "--max-size", "1kB")
    assert full.exit_code == 1
    nothing, kept, size, why = full.stdout.splitlines()
    assert nothing == "nothing went: nothing is older than it is to be kept"
    assert kept == "kept: passes for 1d, failures for 4d, sums by day for 16d, shorter than asked, for the size"
    assert re.fullmatch(r"on disk: [0-9.]+ kB before, [0-9.]+ kB after", size)
    assert re.match(r"still larger than --max-size 1.0 kB: 3 runs and \d sums by day are left; the newest stay", why)
    assert "; an empty history alone takes 1" in why
    enough = ask("prune", "--max-size", "1GB")
    assert (enough.exit_code, enough.stdout.splitlines()[-1]) == (0, "within --max-size 1.0 GB")


def test_an_import_after_a_prune_counts_nothing_twice(ask: Ask) -> None:
    """The sums by day have what went; it is told how many were passed over."""
    assert ask("export", "--since", "1d", "--to", "out").exit_code == 0
    before = ask("trend").stdout
    assert ask("prune", "--keep-passes", "0s", "--keep-failures", "0s").stdout.startswith("5 runs went entirely")
    again = ask("import", "out")
    assert again.stdout == "0 runs recorded, 0 known already, 5 passed over: older than what is kept\n"
    assert ask("trend").stdout == before
    assert json.loads(ask("import", "out", "--json").stdout) == {"recorded": 0, "known": 0, "old": 5, "refused": []}


def test_a_run_without_results_tells_why_and_is_no_baseline(ask: Ask, place: Path) -> None:
    """A gap of a watch, in the list and by itself; `latest` is the newest run that judged anything."""
    with open_history(place) as history:
        gap = replace(report("gap", [], at=NOW), incomplete="the machine slept " + "for long " * 20)
        history.append(gap, source="watch")
    first, second = ask("list").stdout.splitlines()[1:3]
    assert first.startswith("gap ")
    assert first.rstrip().endswith("watch, incomplete: the machine slept " + ("for long " * 20).strip())
    assert second.startswith("run-4 ")
    (short,) = run_rows([one for one in _runs(place) if one.id == "gap"], 80)[1:]
    assert short.endswith("…")
    assert "watch, incomplete: the machine slept for long" in short
    assert "the machine slept for long" in ask("show", "gap").stdout
    assert ask("show", "latest").stdout.startswith("run run-4,")
    assert "worse in run-4 than in run-3" in ask("show", "latest", "--against", "latest~1").stdout


def _runs(place: Path) -> list[RunRecord]:
    with open_history(place) as history:
        return history.runs()


def test_reports_go_out_and_in(ask: Ask, place: Path, tmp_path: Path) -> None:
    """What was exported can be recorded elsewhere, once."""
    out = ask("export", "--since", "1d", "--to", str(tmp_path / "out"))
    assert out.exit_code == 0
    assert out.stdout.startswith(f"5 reports written to {tmp_path / 'out'}\n")
    (tmp_path / "out" / "broken.json").write_text("{}")

    elsewhere = ["--history", str(tmp_path / "other.sqlite")]
    first = CliRunner().invoke(app, ["import", str(tmp_path / "out"), *elsewhere])
    assert first.exit_code == 4
    assert first.stdout == "5 runs recorded, 0 known already\n"
    assert "broken.json: not a report of opscheck" in first.stderr
    again = CliRunner().invoke(app, ["import", str(tmp_path / "out" / "run-1.json"), *elsewhere, "--json"])
    assert json.loads(again.stdout) == {"recorded": 0, "known": 1, "old": 0, "refused": []}
    with open_history(place) as one, open_history(tmp_path / "other.sqlite") as other:
        assert list(one.results()) == list(other.results())
        assert {run.source for run in other.runs()} == {"import"}

    single = ask("export", "run-4", "--to", str(tmp_path / "one.html"))
    assert single.exit_code == 0
    assert "answers is not well" in (tmp_path / "one.html").read_text()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "run"), "several runs begin like that"),
        (("show", "nothing"), "has no such run; opscheck history list tells them"),
        (("list", "--since", "yesterday"), "'yesterday' is neither a span (24h, 30d) nor a date"),
        (("prune", "--keep-passes", "30"), "'30' is no span of time"),
        (("prune", "--keep-passes", "30d", "--keep-failures", "3d"), "--keep-failures is shorter"),
        (("prune", "--max-size", "big"), "'big' is no size"),
        (("prune", "--max-size", "10"), "'10' is no size without a unit: 500kB, 500MB and 1GB are"),
        (("export",), "which runs? name them, or say --since 30d"),
        (("export", "run-1", "run-2", "--to", "x.json"), "x.json is one file, and 2 runs are to be written"),
        (("import", "nothing.json"), "nothing.json: cannot be read: No such file"),
        (("trend", "--check", "livenes"), 'has no check of that name; did you mean "liveness"?'),
        (("trend", "--check", "liveness", "--host", "prd", "--json"), "--host prd: history "),
        (("flaps", "--check", "zebra"), "has no check of that name; it knows answers, liveness"),
        (("flaps", "--host", "prd"), 'has no host of that name; did you mean "prod"?'),
        (("list", "--host", "nobody"), "has no host of that name; it knows prod"),
        (("list", "--window", "w1"), "has no window of that name; it knows none yet"),
        (("list", "--source", "wach"), '--source wach: did you mean "watch"?'),
        (("export", "--since", "1d", "--host", "prd"), 'has no host of that name; did you mean "prod"?'),
    ],
)
def test_what_is_wrong_is_one_line(ask: Ask, words: tuple[str, ...], told: str) -> None:
    """On stderr, exit code 4."""
    done = ask(*words)
    assert done.exit_code == 4
    (line,) = done.stderr.splitlines()
    assert line.startswith("opscheck: ")
    assert told in line


def test_the_command_finds_the_users_history(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state folder, the environment, the host file; and says so where it is off or empty."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "opscheck", "history", "list", *more]
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)

    empty = run()
    assert (empty.returncode, empty.stdout) == (4, "")
    assert "opscheck/history.sqlite: nothing has been recorded there yet" in empty.stderr
    assert not (tmp_path / "state").exists()
    monkeypatch.setenv("OPSCHECK_HISTORY", "off")
    assert "history is off (environment): --ops-history names a file" in run().stderr
    assert "run-4" in run("--ops-history", place.name).stdout
    monkeypatch.delenv("OPSCHECK_HISTORY")
    (tmp_path / "opscheck.toml").write_text('[options]\nhistory = "history.sqlite"\n')
    assert "run-4" in run().stdout
