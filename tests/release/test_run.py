"""Going through a checklist: order, side by side, waiting, breaking off; with real programs."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from opscheck.errors import UserError
from opscheck.inventory import Inventory, select
from opscheck.release import Asked, Finding, Go, Item, ReleaseReport, State, decide, load_checklist, run_checklist
from opscheck.release.checklist import Checklist, Waived
from service.running import EmbeddedService
from service.settings import Settings
from tests.release.repository import Repository

NOW = datetime(2026, 3, 4, 22, tzinfo=UTC)


def command(name: str, code: str = "pass", **more: object) -> Item:
    """An item that runs a piece of Python."""
    wants = {"command": [sys.executable, "-c", code], **{key: more.pop(key) for key in ("changes",) if key in more}}
    return Item(name, name.title(), "command", wants=wants, **more)  # type: ignore[arg-type] # fields of Item


def gone_through(folder: Path, *items: Item, at_once: int = 4, **asked: object) -> ReleaseReport:
    """Measure them."""
    own = {"state": folder / "attested.json", **asked}
    return run_checklist(Checklist("release", "Release", items), Asked(folder, **own), at_once=at_once)  # type: ignore[arg-type] # fields of Asked


def by_id(report: ReleaseReport) -> dict[str, Finding]:
    """Findings by the item's name."""
    return {one.id: one for one in report.findings}


def test_independent_items_are_measured_side_by_side(tmp_path: Path) -> None:
    """Each waits until all four have begun: one after the other would never end."""
    wait = (
        "import pathlib, time\npathlib.Path('{0}').touch()\nends = time.monotonic() + 60\n"
        "while len(list(pathlib.Path('.').glob('i*'))) < 4 and time.monotonic() < ends: time.sleep(.05)\n"
        "raise SystemExit(time.monotonic() >= ends)"
    )
    report = gone_through(tmp_path, *(command(f"i{number}", wait.replace("{0}", f"i{number}")) for number in range(4)))

    assert [one.state for one in report.findings] == [State.MET] * 4
    assert [one.id for one in report.findings] == ["i0", "i1", "i2", "i3"]
    assert decide(report.findings) is Go.GO


def test_what_changes_something_is_alone_and_first(tmp_path: Path) -> None:
    """Nothing else runs meanwhile, wherever it stands in the checklist."""
    look = "import pathlib; assert pathlib.Path('done').exists()"
    change = (
        "import pathlib, time; assert not pathlib.Path('done').exists(); time.sleep(1); pathlib.Path('done').touch()"
    )

    report = gone_through(
        tmp_path, command("a", look), command("b", look), command("c", change, changes="it does"), allow_changes=True
    )

    assert [one.state for one in report.findings] == [State.MET] * 3


def test_what_waits_for_something(tmp_path: Path) -> None:
    """Due once that is met, also over several steps; else it is not run and not in the way."""
    report = gone_through(
        tmp_path,
        command("third", "open('third', 'w')", after="second"),
        command("second", "raise SystemExit(1)", after="first"),
        command("first"),
        command("fourth", "open('fourth', 'w')", after="first"),
    )

    found = by_id(report)
    assert {name: one.state for name, one in found.items()} == {
        "first": State.MET,
        "second": State.NOT_MET,
        "third": State.LATER,
        "fourth": State.MET,
    }
    assert found["third"].reason == "due once second is met"
    assert not (tmp_path / "third").exists()


@pytest.mark.parametrize(
    ("first", "state"),
    [
        ({"skip": "not here"}, State.MET),
        ({"code": "raise SystemExit(1)", "waived": Waived("known", "ops", date(2999, 1, 1))}, State.MET),
        ({"code": "raise SystemExit(1)"}, State.LATER),
        ({"code": "raise SystemExit(7)"}, State.UNMEASURED),
    ],
    ids=["not-applicable", "waived", "not-met", "not-measured"],
)
def test_what_waits_is_due_where_the_other_stands_in_no_way(
    tmp_path: Path, first: dict[str, Any], state: State
) -> None:
    """Waived or not applicable is done with; where nobody knows, nobody knows of what waits either."""
    wants = {"codes": {"7": {"is": "not measured", "means": "no engine", "remedy": "start one"}}}
    made = command("first", **first)
    made = replace(made, wants={**made.wants, **wants})
    report = gone_through(
        tmp_path, made, command("then", "open('then', 'w')", after="first"), command("out", after="first", skip="no")
    )

    found = by_id(report)
    assert found["then"].state is state
    assert (tmp_path / "then").exists() == (state is State.MET)
    if state is State.UNMEASURED:
        assert found["then"].reason == "whether it is due is not known: first is not measured: no engine (exit code 7)"
        assert found["first"].remedy == found["then"].remedy == "start one"
        assert found["out"].state is State.NOT_APPLICABLE


def test_an_item_that_is_left_out(tmp_path: Path) -> None:
    """It is told with its reason and not run."""
    report = gone_through(tmp_path, command("a"), command("b", "open('b', 'w')", skip="there is no stack here"))

    assert by_id(report)["b"].state is State.NOT_APPLICABLE
    assert by_id(report)["b"].reason == "there is no stack here"
    assert not (tmp_path / "b").exists()


def test_only_where_something_changed(repository: Repository) -> None:
    """By the range of commits: not needed where it changes nothing of it."""
    repository.commit({"app/main.py": "2"})
    pages = command("pages", only_if_changed=("*.html",))
    code = command("code", only_if_changed=("*.py",))

    found = by_id(gone_through(repository.folder, pages, code, range="v1..HEAD"))

    assert found["pages"].state is State.NOT_APPLICABLE
    assert found["pages"].reason == "v1..HEAD changes nothing of *.html"
    assert found["code"].state is State.MET


def test_the_range_is_that_since_the_last_tag(repository: Repository) -> None:
    """Unless one is named; what is assumed is told, and so is a working tree that differs."""
    head = repository.commit({"app/main.py": "2"})
    report = gone_through(repository.folder, command("a"))
    (repository.folder / "app" / "main.py").write_text("3")
    dirty = gone_through(repository.folder, command("a"), range="v1..HEAD", release="1.4.0")

    assert (report.release, report.range) == (head, "v1..HEAD")
    assert report.notes == ("no range was named: v1..HEAD is what changed since the last tag",)
    assert dirty.release == "1.4.0"
    assert dirty.notes == ("the working tree differs from HEAD (app/main.py): no command was run in it",)


def test_what_was_typed_wrongly_is_told_first(tmp_path: Path, repository: Repository) -> None:
    """Before anything is run."""
    item = command("lint", "open('ran', 'w')")
    attested = Item("rollback", "Rollback", "attested", wants={"ask": "x"})

    with pytest.raises(UserError, match='no item "lnt" in the checklist "release"; did you mean "lint"'):
        gone_through(tmp_path, item, exit_codes={"lnt": 0})
    with pytest.raises(UserError, match='item "rollback" takes no result of CI'):
        gone_through(tmp_path, item, attested, exit_codes={"rollback": 0})
    with pytest.raises(UserError, match="git diff: "):
        gone_through(repository.folder, item, range="v7..HEAD")
    (tmp_path / "attested.json").write_text("{")
    with pytest.raises(UserError, match="is no file of attestations"):
        gone_through(tmp_path, item)
    assert not (tmp_path / "ran").exists()


def test_breaking_off_leaves_nothing_running(tmp_path: Path) -> None:
    """Ctrl-C: what runs is ended, what was measured stays, the rest is not measured."""
    slow = "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(300)"

    def interrupt() -> None:
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.05)
        time.sleep(1)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt, daemon=True).start()
    report = gone_through(tmp_path, command("fast"), command("slow", slow), command("late", after="slow"))

    states = {one.id: one.state for one in report.findings}
    assert states == {"fast": State.MET, "slow": State.UNMEASURED, "late": State.UNMEASURED}
    assert "broken off by the user: what had not ended was not measured" in report.notes
    assert decide(report.findings) is Go.NO_GO
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@pytest.mark.parametrize("runs", ["head", "old", "unknown", "nothing"])
def test_the_build_that_runs(repository: Repository, tmp_path: Path, runs: str) -> None:
    """Asked of a real service: HEAD, a commit before it, one that nobody knows, none at all."""
    old = repository.git("rev-parse", "HEAD")
    head = repository.commit({"app/main.py": "2"})
    sha = {"head": head, "old": old[:12], "unknown": "deadbeef", "nothing": "unknown"}[runs]
    settings = Settings(state_dir=tmp_path / "state", vector_engine="sqlite", build_sha=sha, build_time=NOW)
    item = load_checklist("release").item("build")
    with EmbeddedService(settings) as service:
        hosts = tuple(select([service.agent_url], Inventory()))
        report = gone_through(repository.folder, item, hosts=hosts)

    found = report.findings[0]
    expected = {"head": State.MET, "old": State.NOT_MET, "unknown": State.NOT_MET, "nothing": State.UNMEASURED}
    told = {
        "head": f"runs HEAD, {head[:12]}",
        "old": "runs a build that is 1 commit and 24 h behind HEAD",
        "unknown": "runs build deadbeef, a commit that this repository does not have",
        "nothing": "does not know its commit: unknown",
    }
    assert found.state is expected[runs]
    assert found.reason.endswith(told[runs])


def test_a_build_that_cannot_be_asked_for(repository: Repository) -> None:
    """Nothing listens: not measured."""
    hosts = tuple(select(["http://127.0.0.1:9"], Inventory()))

    found = gone_through(repository.folder, load_checklist("release").item("build"), hosts=hosts).findings[0]

    assert found.state is State.UNMEASURED
    assert "could not be asked for its build" in found.reason


def test_files(tmp_path: Path) -> None:
    """There, with what it has to hold; empty, missing, without it."""
    (tmp_path / "good").write_text("version = 1.4\n")
    (tmp_path / "empty").write_text(" \n")

    def file(name: str, **wants: str) -> Item:
        return Item(name, name, "file", wants={"path": name, **wants})

    found = by_id(gone_through(tmp_path, file("good", matches="^version = "), file("empty"), file("missing")))
    other = gone_through(tmp_path, file("good", matches="^1")).findings[0]

    assert [one.state for one in found.values()] == [State.MET, State.NOT_MET, State.NOT_MET]
    assert found["good"].evidence == ("good: 14 bytes", "it says: version = ")
    assert other.reason == "nothing in good matches '^1'"


def test_what_does_not_apply_can_be_left_out(tmp_path: Path) -> None:
    """A command that could not see, and nobody said what to do: the way to leave it out is told."""
    codes = {"5": {"is": "not measured", "means": "there are no tests"}}
    item = Item("tests", "Tests", "command", wants={"command": [sys.executable, "-c", "exit(5)"], "codes": codes})

    (found,) = gone_through(tmp_path, item).findings

    assert found.state is State.UNMEASURED
    assert found.remedy == 'mend that; or leave it out by --checklist FILE: [items.tests] skip = "WHY"'


def test_a_folder_without_a_commit_says_which_kind_it_is(tmp_path: Path) -> None:
    """No repository at all, or one without a commit."""
    bare = gone_through(tmp_path, command("a")).notes
    Repository(tmp_path)
    empty = gone_through(tmp_path, command("a")).notes

    assert bare == ("this folder is no git repository: what was measured belongs to no commit",)
    assert empty == ("this git repository has no commit yet: what was measured belongs to no commit",)
