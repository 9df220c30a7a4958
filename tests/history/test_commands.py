"""`opscheck history` for people: what is whole where, what nobody overwrites, what a waiver leaves behind."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from opscheck.cli.history import app
from opscheck.cli.history_close import close_lines, whole_since
from opscheck.history import open_history
from opscheck.model import Outcome
from tests.history.made import report, result

NOW = datetime.now(UTC).replace(microsecond=0)
LONG = "answers-are-grounded-in-the-sources-that-retrieval-returned"
REASON = (
    "the answer names handbook-of-the-operators.pdf, which retrieval did not return for the question that was asked"
)
P, F, U, W = Outcome.PASS, Outcome.FAIL, Outcome.UNMEASURED, Outcome.WAIVED
Ask = Callable[..., Result]


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Asks the history h.sqlite of an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPSCHECK_HISTORY", raising=False)
    return lambda *words: CliRunner().invoke(app, [*words, "--history", "h.sqlite"])


def record(*outcomes: Outcome, check: str = LONG, step: timedelta = timedelta(minutes=1)) -> None:
    """Runs of that check, the last of them now, beside a check that is well."""
    with open_history("h.sqlite") as history:
        for number, outcome in enumerate(outcomes, 1):
            at = NOW - (len(outcomes) - number) * step
            found = [result(outcome, check=check, at=at, evidence=(), reason=REASON), result(at=at)]
            history.append(report(f"run-{number}", found, at=at))


def in_terminal(columns: int, *words: str) -> list[str]:
    """What the program prints on a terminal so wide."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    command = [sys.executable, "-m", "opscheck", "history", *words]
    known = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=known)
    os.close(theirs)
    told = b""
    try:
        while chunk := os.read(ours, 65536):
            told += chunk
    except OSError:  # the end of a terminal
        pass
    finally:
        os.close(ours)
    assert process.wait(60) == 0, told
    return told.decode().splitlines()


def test_names_are_whole_where_flaps_are_piped(ask: Ask) -> None:
    """One line a test with its name and its reason, however long."""
    record(P, F, P, F)
    head, line = ask("flaps").stdout.splitlines()

    assert head.split() == ["host", "check", "changes", "last", "change", "now", "test", "reason"]
    assert line.startswith(f"prod  {LONG}  3 ")
    assert line.endswith(f"test_{LONG}.py::test_it[prod]  {REASON}")


def test_flaps_can_be_read_in_a_narrow_terminal(ask: Ask) -> None:
    """What does not fit stands below its row; nothing is cut, and a name is not broken."""
    record(P, F, P, F, check="answers")
    narrow = in_terminal(80, "flaps", "--history", "h.sqlite")

    assert max(map(len, narrow)) <= 80
    assert narrow[1].startswith("prod  answers  3 ")
    assert narrow[2] == "    test_answers.py::test_it[prod]"
    assert " ".join(" ".join(narrow[3:]).split()) == REASON
    assert len(in_terminal(250, "flaps", "--history", "h.sqlite")) == 2
    trend = in_terminal(80, "trend", "--history", "h.sqlite")
    assert max(map(len, trend)) <= 80
    assert trend[2] == "    test_answers.py::test_it[prod]"


def test_a_known_name_without_results_is_no_error(ask: Ask) -> None:
    """It is told as that, and apart from nothing that changed."""
    record(P, F, step=timedelta(hours=2))
    with open_history("h.sqlite") as history:
        old = NOW - timedelta(days=40)
        history.append(report("old", [result(check="retired", at=old)], at=old))

    trend = ask("trend", "--check", "retired", "--host", "prod")
    assert trend.exit_code == 0
    assert trend.stdout.startswith("retired on prod: nothing was recorded since 20")
    flaps = ask("flaps", "--check", "retired")
    assert flaps.exit_code == 0
    assert flaps.stdout.startswith("retired: nothing was recorded since 20")
    quiet = ask("flaps", "--check", "liveness")
    assert quiet.exit_code == 0
    assert quiet.stdout.startswith("liveness: nothing changed between good and bad, and nothing is failing since 20")
    assert json.loads(ask("trend", "--check", "retired", "--json").stdout)["tests"] == []


def test_what_was_waived_is_neither_good_nor_bad(ask: Ask) -> None:
    """Also what could not be measured and was waived for it; in JSON it has a number of its own."""
    record(P, W, W, U, P)
    row = ask("trend", "--check", LONG).stdout.splitlines()[1].split()
    assert row[2:7] == ["100%", "2", "0", "2", "1"]

    told = json.loads(ask("trend", "--check", LONG, "--json").stdout)
    (test,) = told["tests"]
    assert (test["up"], test["down"], test["unseen"], test["waived"], test["ratio"]) == (2, 0, 1, 2, 1.0)
    (close,) = told["close"]
    assert (close["availability"]["down_s"], close["availability"]["waived_s"]) == (0, 120)
    assert (close["flaps"], close["failing_since"]) == ([], None)
    assert ask("flaps").stdout.startswith("nothing changed between good and bad")


def test_a_failure_that_is_waived_now_is_not_called_good(ask: Ask) -> None:
    """Nor failing."""
    record(P, F, W)

    assert "  waived now  " in ask("flaps").stdout


def test_what_is_no_longer_seen_is_not_called_good(ask: Ask) -> None:
    """Since when it is not, and what it was before; a failure before is told as well."""
    record(F, P, U, U)
    last = NOW - timedelta(minutes=2) + timedelta(seconds=10)  # a result without evidence is as late as its run
    told = ask("flaps").stdout
    assert f"  not seen since {last:%Y-%m-%d %H:%MZ}, good before  " in told
    assert "good now" not in told
    (row,) = json.loads(ask("flaps", "--json").stdout)
    assert datetime.fromisoformat(row["not_seen_since"]) == last

    Path("h.sqlite").unlink()
    record(P, F, U, U)
    assert f"  not seen since {last:%Y-%m-%d %H:%MZ}, failing since " in ask("flaps").stdout
    Path("h.sqlite").unlink()
    record(F, U, P)
    assert "  good now  " in ask("flaps").stdout


def test_time_is_told_only_of_days_whose_results_are_all_there(ask: Ask) -> None:
    """Passes are pruned before failures: what is left of such a day would be down all the time."""
    record(F, P, P, P, P, step=timedelta(days=2))
    assert ask("prune", "--keep-passes", "5d").exit_code == 0
    told = ask("trend", "--check", LONG).stdout

    assert re.search(rf"prod  {LONG} +80.00% +4 +1 +0 +0 ", told)
    assert f"by time since {NOW - timedelta(days=5):%Y-%m-%d}: " in told
    assert (
        f"(of before, back to {NOW - timedelta(days=8):%Y-%m-%d}, the results that passed are no longer kept)" in told
    )
    (close,) = json.loads(ask("trend", "--check", LONG, "--json").stdout)["close"]
    assert close["availability"]["ratio"] == 1.0

    with open_history("h.sqlite") as history:
        days = history.days(check="liveness")
    assert whole_since(days, []) is None
    (line,) = close_lines([], NOW, None, days[0].day)
    assert line == "by time: nothing can be told, for the results that passed are no longer kept"


def test_a_waiver_that_was_mended_is_failing_no_longer(ask: Ask) -> None:
    """It has no result any more, because it is in order."""
    at = NOW - timedelta(minutes=5)
    expired = result(F, id="waivers.toml::1", check="waiver", host="prod", at=at, evidence=(), reason="expired")
    with open_history("h.sqlite") as history:
        history.append(report("with", [result(at=at), expired], at=at))
    assert "failing since" in ask("flaps").stdout
    record(P)

    assert ask("flaps").stdout.startswith("nothing changed")
    assert "failing since" not in ask("trend", "--check", "waiver").stdout
    better = ask("show", "latest", "--against", "with")
    assert (better.exit_code, better.stdout) == (0, "nothing is worse in run-1 than in with\n")


def test_an_export_has_a_folder_of_its_own_and_overwrites_nothing(ask: Ask) -> None:
    """Where none is named; a report that is there stays, and anything else stops it before it writes."""
    record(P, F, P)
    first = ask("export", "--since", "1d")
    assert first.exit_code == 0
    assert first.stdout.splitlines()[0] == "3 reports written to history-export"
    assert sorted(one.name for one in Path().iterdir() if not one.name.startswith("h.")) == ["history-export"]

    kept = Path("history-export/run-1.json")
    kept.write_text(json.dumps({**json.loads(kept.read_text()), "notes": ["seen by hand"]}))
    Path("history-export/run-2.json").unlink()
    again = ask("export", "--since", "1d")
    assert again.stdout.splitlines() == [
        "1 report written to history-export, 2 there already",
        "history-export/run-2.json",
    ]
    assert "seen by hand" in kept.read_text()

    kept.write_text("{}")
    Path("history-export/run-2.json").unlink()
    refused = ask("export", "--since", "1d")
    assert refused.exit_code == 4
    assert refused.stderr.startswith("opscheck: history-export/run-1.json is there already and is not the report of")
    assert kept.read_text() == "{}"
    assert not Path("history-export/run-2.json").exists()


def test_a_file_that_is_there_is_not_exported_over(ask: Ask) -> None:
    """A single one is named; a folder with a dot in its name is a folder."""
    record(P, F)
    Path("one.html").write_text("mine")
    refused = ask("export", "latest", "--to", "one.html")
    assert (refused.exit_code, Path("one.html").read_text()) == (4, "mine")
    assert "one.html is there already and is not overwritten: name another file" in refused.stderr

    Path("2026.10").mkdir()
    assert ask("export", "latest", "latest~1", "--to", "2026.10").exit_code == 0
    assert len(list(Path("2026.10").iterdir())) == 2
    assert json.loads(ask("export", "latest", "--to", "2026.10", "--json").stdout) == []


def test_two_runs_of_one_file_name_are_two_files(ask: Ask) -> None:
    """Ids may hold what no file name does."""
    with open_history("h.sqlite") as history:
        for name in ("a/b", "a?b"):
            history.append(report(name, [result(at=NOW)], at=NOW))
    assert ask("export", "--since", "1d", "--to", "out").exit_code == 0

    assert {json.loads(one.read_text())["run"]["id"] for one in Path("out").iterdir()} == {"a/b", "a?b"}


def test_an_import_of_what_is_no_report_makes_no_history(ask: Ask) -> None:
    """It is read first; with one that is a report, history is made for that."""
    Path("in").mkdir()
    Path("in/bad.json").write_text("{}")
    bad = ask("import", "in")
    assert bad.exit_code == 4
    assert "bad.json: not a report of opscheck" in bad.stderr
    assert not Path("h.sqlite").exists()
    assert "nothing has been recorded there yet" in ask("list").stderr

    Path("empty").mkdir()
    assert "no .json file is in empty" in ask("import", "empty").stderr
    Path("in/good.json").write_text(json.dumps(report("good").as_dict()))
    mixed = ask("import", "in")
    assert (mixed.exit_code, mixed.stdout) == (4, "1 run recorded, 0 known already\n")
    assert [run["id"] for run in json.loads(ask("list", "--json").stdout)] == ["good"]
