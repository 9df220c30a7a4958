"""The commands, each in a process of its own, as a user types them, also clumsily."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

Command = Callable[..., "subprocess.CompletedProcess[str]"]
BOOK = """
announce = "#ops-shared"
rollback = "rollback.md"
snapshot = ["conf.yml"]
escalation = ["On-call engineer, phone bridge"]
[windows.always]
schedule = "daily {start:%H}:00-{end:%H}:00 UTC"
[freezes.far]
from = 2190-12-20
until = 2190-12-31
[roles.lead]
owner = "Ana Ruiz"
backup = "Tom Ode"
"""


@pytest.fixture
def window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `opscheck window` in an empty folder."""
    for name in [name for name in os.environ if name.startswith("OPSCHECK_")]:
        monkeypatch.delenv(name)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "opscheck", "window", *arguments],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )

    return run


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A folder with a windows file, a configuration and a plan."""
    now = datetime.now(UTC)  # hours before and after are within, also around midnight
    (tmp_path / "windows.toml").write_text(BOOK.format(start=now - timedelta(hours=6), end=now + timedelta(hours=6)))
    (tmp_path / "conf.yml").write_text("interval: 15s\npassword: hunter2\n")
    (tmp_path / "rollback.md").write_text("Start the old image again.\n")
    return tmp_path


def test_a_window_from_opening_to_report(window: Command, prepared: Path) -> None:
    """Against the reference service, with everything that the windows file says."""
    opened = window("open", "w1", "--host", "embedded", "--by", "Ana Ruiz", "--reason", "upgrade")
    assert (opened.returncode, opened.stderr) == (0, "")
    assert "window w1 is open for embedded until" in opened.stdout
    before = window("run", "w1", "-q", "--by", "Ana Ruiz")
    assert before.returncode == 0, before.stdout + before.stderr
    assert "kept as the run before (runs/001-before.json): GO" in before.stdout
    assert "report: reports/windows/w1/runs/001-before.json" in before.stdout
    assert " step by " in window("log", "w1", "Restarted the agent").stdout
    assert "left" in window("list").stdout
    after = window("run", "w1", "-q", "-m", "readiness")
    assert "kept as the run after (runs/002-after.json)" in after.stdout
    assert "against the run before:" in after.stdout
    closed = window("close", "w1", "--communicated", "#ops-shared", "--lessons", "none were needed")
    assert closed.returncode in (0, 10), closed.stdout
    assert "nothing fails that did not before" in closed.stdout
    if closed.returncode == 10:
        assert f"DEGRADED: nothing fails that did not before; {closed.stdout.splitlines()[2].strip()}" in closed.stdout
    made = window("report", "w1", "--to", "out/report.html")
    assert made.returncode == 0, made.stderr
    for what in ("w1", "out/report.html", "reports/windows/w1"):
        good = window("verify", what)
        assert (good.returncode, good.stdout.splitlines()[-1]) == (0, "the evidence is as it was kept")
    folder = prepared / "reports" / "windows" / "w1"
    assert "hunter2" not in "".join(path.read_text() for path in folder.rglob("*") if path.is_file())
    kept = json.loads((folder / "runs" / "001-before.json").read_text())
    assert {"readiness", "observability"} <= {marker for one in kept["results"] for marker in one["markers"]}
    assert all("maintenance" in one["markers"] for one in kept["results"])
    (folder / "runs" / "001-before.json").write_text(json.dumps(kept))
    bad = window("verify", "w1")
    assert bad.returncode == 1
    assert "BAD  runs/001-before.json: was changed" in bad.stdout


CLUMSY = (
    (("open", "w1"), "no host is named"),
    (("open", "w1", "--host", "pord"), '--host: unknown host "pord"'),
    (("open", "w1", "--host", "embedded", "--rollback", "none.md"), "no rollback plan at none.md"),
    (("open", "../w1", "--host", "embedded"), "'../w1': a name is no path; --folder says where else it is kept"),
    (("open", "a/b", "--host", "embedded"), "'a/b': a name is no path"),
    (("open", "w 1", "--host", "embedded"), "a name is letters, digits"),
    (("open", "w1", "--host", "embedded", "--lasts", "soon", "--emergency", "I-1"), "--lasts: 'soon' is no time"),
    (("run", "w1"), 'no window "w1"'),
    (("run", "w1", "--phase", "during"), "--phase: 'during' is neither before nor after"),
    (("log", "w1", "text"), 'no window "w1"'),
    (("close", "w1"), 'no window "w1"'),
    (("report", "w1"), 'no window "w1"'),
    (("verify", "w1"), 'no window "w1"'),
    (("verify", "report.html"), "there is no such file"),
    (("verify", "conf.yml"), "is no report of a maintenance window"),
    (("next", "--host", "x"), 'unknown host "x"'),
    (("next", "--file", "none.toml"), "cannot be read"),
    (("list", "--inventory", "none.toml"), "there is no such host file"),
)


@pytest.mark.parametrize(("words", "told"), CLUMSY, ids=[" ".join(one[0]) for one in CLUMSY])
def test_a_mistake_is_one_line(window: Command, prepared: Path, words: tuple[str, ...], told: str) -> None:
    """On standard error, with exit code 4, and nothing is left behind."""
    done = window(*words)

    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("opscheck: ")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
    assert not list(prepared.rglob("log.jsonl"))


def test_next_tells_when(window: Command, prepared: Path) -> None:
    """What is on now, what comes, in the schedule's own zone as well, and freezes ahead."""
    with (prepared / "windows.toml").open("a") as file:
        file.write('[windows.berlin]\nschedule = "first Sunday 02:30-05:00 Europe/Berlin"\n')
    done = window("next", "--count", "60")

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("now: always, until ")
    assert "Sun 02:30 in Europe/Berlin" in done.stdout
    assert "ahead: freeze far from 2190-12-20 00:00 to 2191-01-01 00:00 UTC" in done.stdout


def test_without_a_windows_file_everything_can_be_said(window: Command, tmp_path: Path) -> None:
    """In an emergency, from an empty folder; what is missing is told first."""
    (tmp_path / "conf.yml").write_text("a: 1\n")
    assert "put [windows.weekly]" in window("next").stdout
    assert "no window is kept in" in window("list").stdout
    words = ["open", "w1", "--host", "embedded", "--emergency", "INC-7", "--lasts", "90m", "--owner", "Ana Ruiz"]
    assert "where was it announced" in window(*words).stderr
    words += ["--announced", "#ops", "--rollback", "docker compose up with the old tag", "--snapshot", "conf.yml"]
    done = window(*words)

    assert done.returncode == 0, done.stderr
    assert "(emergency INC-7)" in done.stdout
    assert "note: role owner has no backup" in done.stdout
    again = window(*words)
    assert (again.returncode, "already open" in again.stderr) == (4, True)
    early = window("close", "w1", "--communicated", "#ops")
    assert "has no run before it" in early.stderr


def test_help_names_every_command(window: Command) -> None:
    """And each has help of its own."""
    told = window("--help").stdout
    for command in ("open", "run", "log", "close", "report", "verify", "list", "next"):
        assert command in told
        own = window(command, "--help")
        assert (own.returncode, own.stderr) == (0, "")


def test_a_run_that_leaves_no_report_is_told(window: Command, prepared: Path) -> None:
    """A word that pytest does not know ends the run before it begins; nothing is kept."""
    window("open", "w1", "--host", "embedded")
    done = window("run", "w1", "--ops-nonsense")

    assert done.returncode == 4
    assert "left no report" in done.stderr
    assert not list((prepared / "reports" / "windows" / "w1").glob("runs/*"))
