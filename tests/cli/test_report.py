"""`opscheck report`: rendered again, compared."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner
from typer.testing import Result as Done

from opscheck.cli.report import app
from opscheck.history import open_history
from opscheck.model import Outcome
from opscheck.report import Result, json_report
from tests.history.made import START, report, result
from tests.report.sample import realistic

Run = Callable[..., Done]
P, F, U = Outcome.PASS, Outcome.FAIL, Outcome.UNMEASURED


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """In an empty folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return lambda *words: CliRunner().invoke(app, [*words])


def write(name: str, results: Sequence[Result], *, minutes: int = 0) -> None:
    """A report as a file of that name."""
    found = report(name, results, at=START + timedelta(minutes=minutes))
    Path(f"{name}.json").write_text(json_report.render(found))


def two() -> None:
    """A run before and one after, in which everything happens."""
    before = {"broke": P, "fixed": F, "still": F, "slow": P, "gone": P, "blind": P, "same": P}
    after = {"broke": F, "fixed": P, "still": F, "slow": P, "new": P, "blind": U, "same": P, "newbad": F}
    write("before", [result(outcome, check=name) for name, outcome in before.items()])
    write(
        "after",
        [result(one, check=name, total=900.0 if name == "slow" else 21.0) for name, one in after.items()],
        minutes=5,
    )


def sections(text: str) -> dict[str, list[str]]:
    """The checks under each headline."""
    found: dict[str, list[str]] = {}
    head = ""
    for line in text.splitlines():
        if line and not line.startswith((" ", "note", "before", "WORSE")):
            head = line.partition(":")[0]
        elif line.startswith("  prod"):
            found.setdefault(head, []).append(line.split()[1].rstrip(":"))
    return found


def test_two_reports_are_compared_check_by_check(run: Run) -> None:
    """What broke, was fixed, still fails, is slower, appeared, is gone; exit code 1."""
    two = run_two(run)
    assert two.exit_code == 1
    assert sections(two.stdout) == {
        "New failures": ["broke", "newbad"],
        "Still failing": ["still"],
        "No longer measured": ["blind"],
        "Gone": ["gone"],
        "Fixed": ["fixed"],
        "Appeared": ["new"],
        "Slower": ["slow"],
    }
    assert "prod  broke: PASS before, FAIL now: broke is not well" in two.stdout
    assert "prod  newbad: FAIL, new: newbad is not well" in two.stdout
    assert "prod  slow: 20 ms before, 900 ms now" in two.stdout
    assert two.stdout.splitlines()[-1].startswith("WORSE: 2 new failures")


def run_two(run: Run, *more: str) -> Done:
    """Compare them."""
    two()
    return run("--diff", "before.json", "after.json", *more)


def test_the_comparison_as_json_and_markdown(run: Run) -> None:
    """For machines and for merge requests; foreign text is no markup."""
    told = json.loads(run_two(run, "--json").stdout)
    assert (told["before"], told["after"], told["regressed"]) == ("before", "after", True)
    kinds = {change["check"]: change["kind"] for change in told["changes"]}
    assert kinds["fixed"] == "fixed"
    assert kinds["newbad"] == "new failure"
    assert "same" not in kinds
    assert [one["check"] for one in told["slower"]] == ["slow"]

    text = run_two(run, "--markdown").stdout
    assert text.startswith("# opscheck: WORSE: 2 new failures")
    assert "## New failures (2)" in text
    write("hostile", [result(F, check="broke", reason="<img src=x onerror=y> [x](javascript:z) | @all")])
    shown = run("--diff", "before.json", "hostile.json", "--markdown").stdout
    assert "<img" not in shown
    assert "](javascript" not in shown


def test_nothing_worse_is_exit_code_0(run: Run) -> None:
    """Fixed and new is not worse; slower alone is, and by how much is an option."""
    write("a", [result(F), result(check="slow")])
    write("b", [result(P), result(check="slow"), result(check="new")], minutes=5)
    better = run("--diff", "a.json", "b.json")
    assert (better.exit_code, better.stdout.splitlines()[-1]) == (0, "NOT WORSE: 1 fixed, 1 appeared, 1 the same")

    write("c", [result(P), result(check="slow", total=300.0), result(check="new")], minutes=10)
    assert run("--diff", "b.json", "c.json").exit_code == 1
    assert run("--diff", "b.json", "c.json", "--factor", "20").exit_code == 0
    assert run("--diff", "b.json", "c.json", "--floor", "500").exit_code == 0


def test_runs_of_history_are_compared_and_rendered(run: Run) -> None:
    """By id, by beginning, by how long ago; beside a file."""
    two()
    with open_history("h.sqlite") as history:
        for number, outcome in enumerate([P, F]):
            at = START + timedelta(minutes=number)
            history.append(report(f"run-{number}", [result(outcome, at=at)], at=at))

    done = run("--diff", "latest~1", "latest", "--history", "h.sqlite")
    assert done.exit_code == 1
    assert "before run-0 (2026-03-04 22:00Z), after run-1 (2026-03-04 22:01Z)" in done.stdout
    assert run("--diff", "after.json", "run-0", "--history", "h.sqlite").exit_code == 1
    assert run("run-1", "--to", "x.html", "--to", "x.md", "--history", "h.sqlite").exit_code == 0
    assert "liveness is not well" in Path("x.html").read_text()
    assert "liveness is not well" in Path("x.md").read_text()


def test_a_report_is_rendered_again(run: Run) -> None:
    """As every form that a run writes, equal to what the run would have written; without a form as text."""
    Path("r.json").write_text(json_report.render(realistic()))
    assert run("r.json", "--to", "again.json").exit_code == 0
    assert json.loads(Path("again.json").read_text()) == json.loads(Path("r.json").read_text())
    assert "FAIL: 2 of 41 checks failed" in run("r.json").stdout
    assert run("r.json", "--markdown").stdout.startswith("# opscheck: FAIL")
    assert json.loads(run("r.json", "--json").stdout) == realistic().as_dict()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("nothing.json",), "nothing.json: there is no such file"),
        (("text.json",), "text.json: is no JSON"),
        (("list.json",), "list.json: not a report of opscheck: an object is expected, not list"),
        (("new.json",), "the report is opscheck.report/99, this opscheck reads up to opscheck.report/1: upgrade"),
        (("r.json", "--to", "x.pdf"), "no report is written as 'x.pdf'"),
        (("--diff", "r.json", "nothing.json"), "nothing.json: there is no such file"),
        (("r.json", "--diff", "r.json", "r.json"), "--diff takes the two reports, and nothing beside them"),
        (("--json",), "which report? name its JSON file, or a run of history"),
        (("run-1", "--history", "none.sqlite"), "nothing has been recorded there yet"),
    ],
)
def test_what_is_wrong_is_one_line(run: Run, words: tuple[str, ...], told: str) -> None:
    """On stderr, exit code 4, nothing written."""
    Path("r.json").write_text(json_report.render(realistic()))
    Path("text.json").write_text("hello")
    Path("list.json").write_text("[]")
    Path("new.json").write_text('{"schema": "opscheck.report/99"}')
    done = run(*words)
    assert done.exit_code == 4
    (line,) = done.stderr.splitlines()
    assert line.startswith("opscheck: ")
    assert told in line
    assert not Path("x.pdf").exists()


def test_the_command_is_there(tmp_path: Path) -> None:
    """As `opscheck report`, its help included."""
    command = [sys.executable, "-m", "opscheck", "report"]
    done = subprocess.run([*command, "--help"], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60)
    assert "--diff" in done.stdout
    bare = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert bare.returncode == 2
    assert "Usage: opscheck report" in bare.stdout + bare.stderr
