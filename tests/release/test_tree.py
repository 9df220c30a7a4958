"""A working tree that is not the commit: what runs in it says nothing of the commit, and never GO."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from opscheck.release import Go, Item, State, decide
from opscheck.release.git import Git
from opscheck.release.processes import Programs
from opscheck.release.tree import Tree
from tests.release.repository import Repository
from tests.release.test_command_line import Command
from tests.release.test_command_line import opscheck as opscheck  # noqa: PLC0414 - a fixture
from tests.release.test_run import by_id, command, gone_through

RUN = "open('ran', 'w')"
FIXED = "import pathlib; assert pathlib.Path('app/main.py').read_text() == 'fixed'"


def test_red_commit_green_tree(repository: Repository) -> None:
    """The fix is not committed: no command speaks for HEAD. Committed it does."""
    repository.commit({"app/main.py": "broken"})
    (repository.folder / "app" / "main.py").write_text("fixed")

    report = gone_through(repository.folder, command("tests", FIXED))

    (found,) = report.findings
    assert (found.state, decide(report.findings)) == (State.UNMEASURED, Go.NO_GO)
    assert found.reason == "it was not run: the working tree differs from HEAD (app/main.py)"
    way_out = "commit or stash it, or let .gitignore name it; or import CI's result for the commit: --exit-code tests=N"
    assert found.remedy == way_out
    repository.commit({})
    assert decide(gone_through(repository.folder, command("tests", FIXED)).findings) is Go.GO


@pytest.mark.parametrize("how", ["changed", "staged", "removed", "new", "new-folder", "beside"])
def test_every_way_to_differ(repository: Repository, how: str) -> None:
    """A module that nobody added is green here and missing in the commit; outside the folder it counts as well."""
    folder = repository.folder
    names = {"new": "app/new.py", "new-folder": "lib/deep/new.py", "beside": "docs/guide.md"}
    path = folder / names.get(how, "app/main.py")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink() if how == "removed" else path.write_text("other")
    if how == "staged":
        repository.git("add", "app/main.py")

    report = gone_through(folder / "app" if how == "beside" else folder, command("lint", RUN))

    assert report.findings[0].state is State.UNMEASURED
    shown = "../docs/guide.md" if how == "beside" else path.relative_to(folder)
    assert f"the working tree differs from HEAD ({shown}): no command was run in it" in report.notes
    assert f"({shown})" in report.findings[0].reason
    assert not list(folder.rglob("ran"))


def test_what_is_no_difference(repository: Repository) -> None:
    """Ignored files, bytecode, and what the release writes or is handed."""
    folder = repository.folder
    repository.commit({".gitignore": "*.log\nbuild/\n", "attested.json": ""})
    files = ["a.log", "build/x", "app/__pycache__/main.pyc", "ci.xml", "r.json", "prometheus.yml", "edge.txt.1"]
    files += ["opscheck.toml", "waivers.toml", "h.sqlite", "h.sqlite-wal"]
    for name in files:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text("<x/>")
    (folder / "attested.json").write_text('{"schema": "opscheck.attestations/1", "attestations": []}')
    handed: dict[str, Any] = {
        "results": {"other": folder / "ci.xml"},
        "reports": (folder / "r.json",),
        "prometheus": ("prometheus.yml", "http://127.0.0.1:9"),
        "logs": {("prod", "edge"): ("edge.txt*",)},
        "inventory": str(folder / "opscheck.toml"),
        "history": f"sqlite:///{folder}/h.sqlite",
    }

    handed_over = gone_through(folder, command("lint"), command("other"), **handed)
    forgotten = gone_through(folder, command("lint"))

    assert by_id(handed_over)["lint"].state is State.MET
    assert not [note for note in handed_over.notes if "working tree" in note]
    assert by_id(forgotten)["lint"].state is State.UNMEASURED
    assert "ci.xml" in by_id(forgotten)["lint"].reason
    # What it is handed is no difference as long as it is no part of the repository.
    repository.git("add", "opscheck.toml")
    assert by_id(gone_through(folder, command("lint"), command("other"), **handed))["lint"].state is State.UNMEASURED


def test_results_of_ci_are_not_touched(repository: Repository) -> None:
    """They were made elsewhere, for the commit; nor is what asks nobody here."""
    (repository.folder / "app" / "main.py").write_text("fixed")
    skipped, waits = command("out", RUN, skip="not here"), command("later", RUN, after="tests")

    report = gone_through(repository.folder, command("tests", RUN), skipped, waits, exit_codes={"tests": 0})

    states = {name: one.state for name, one in by_id(report).items()}
    assert states == {"tests": State.MET, "out": State.NOT_APPLICABLE, "later": State.UNMEASURED}
    assert not (repository.folder / "ran").exists()


@pytest.mark.parametrize("kind", ["file", "changelog"])
def test_files_that_are_looked_at(repository: Repository, kind: str) -> None:
    """An entry that nobody has committed is none of the commit; another file's change is nothing to it."""
    path = repository.folder / "CHANGELOG.md"
    item = Item("told", "Told", kind, wants={"path": "CHANGELOG.md"})
    repository.commit({"CHANGELOG.md": "## 1.0\n\n- first\n"})
    (repository.folder / "app" / "main.py").write_text("other")
    assert gone_through(repository.folder, item).findings[0].state is State.MET

    path.write_text("## 1.1\n\n- second\n")
    found = gone_through(repository.folder, item).findings[0]
    path.unlink()
    gone = gone_through(repository.folder, item).findings[0]

    assert (found.state, found.reason) == (
        State.UNMEASURED,
        "CHANGELOG.md differs from HEAD: it is not what the commit holds",
    )
    assert gone.state is State.UNMEASURED


@pytest.mark.parametrize("what", ["file", "commit"])
def test_a_tree_that_changes_meanwhile(repository: Repository, what: str) -> None:
    """Somebody saves a file, or commits, while the tests run: green is not of the commit that was asked about."""
    head = repository.git("rev-parse", "HEAD")
    git = "import subprocess; subprocess.run(['git', '-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', "
    code = {"file": "open('app/main.py', 'w')", "commit": f"{git}'--allow-empty', '-qm', 'x'], check=True)"}[what]

    report = gone_through(repository.folder, command("tests", code))

    told = {
        "file": "by its end the working tree differs from HEAD (app/main.py): what was run may not be",
        "commit": f"HEAD went from {head[:12]} to {repository.git('rev-parse', 'HEAD')[:12]} while it ran",
    }
    (found,) = report.findings
    assert found.state is State.UNMEASURED
    assert found.reason.startswith(told[what])
    assert found.evidence[0].startswith(f"$ {sys.executable}")


def test_new_files_that_a_command_writes(repository: Repository) -> None:
    """Its reports do not speak against it."""
    assert gone_through(repository.folder, command("tests", RUN)).findings[0].state is State.MET


def test_reports_of_before(opscheck: Command, repository: Repository) -> None:
    """Of any name, by what they begin with; another document with such a suffix is a difference."""
    forms = [word for name in ("r1.html", "r1.json", "r1.md") for word in ("--report", name)]
    opscheck("-q", "--checklist", "my.toml", "--junit", "ci.xml", *forms)

    after = opscheck("-q", "--checklist", "my.toml", "--junit", "ci.xml")
    (repository.folder / "r2.md").write_text("# Read me\n")
    other = opscheck("-q", "--checklist", "my.toml", "--junit", "ci.xml")

    assert "met             lint" in after.stdout
    assert "the working tree differs" not in after.stdout
    assert "the working tree differs from HEAD (r2.md)" in other.stdout


def test_where_git_cannot_tell(repository: Repository, tmp_path: Path) -> None:
    """Nobody knows whether it differs: nothing is taken for the commit. Without a commit there is nothing to differ."""
    head = repository.known.commit()
    (repository.folder / ".git" / "index").write_bytes(b"broken")

    tree = Tree(Git(Programs(repository.folder)), head)

    assert tree.before().startswith("whether the working tree differs from HEAD is not known: git status: ")
    assert tree.since().startswith("whether the working tree has changed is not known: git status: ")
    assert Tree().before() == Tree().since() == ""
    assert gone_through(tmp_path, command("lint")).findings[0].state is State.MET


def test_as_it_is_typed(opscheck: Command, repository: Repository) -> None:
    """All is green but for an uncommitted fix: NO-GO, exit 1, with the way out; stashed it is GO."""
    opscheck("attest", "rollback", "--by", "Ada", "--seen", "rolled v1 back on staging")
    (repository.folder / "app" / "main.py").write_text("fixed")
    asked = ("-q", "--checklist", "my.toml", "--junit", "ci.xml", "--report", "out.json")

    done = opscheck(*asked)
    by_ci = opscheck(*asked, "--exit-code", "lint=0")
    repository.git("stash")
    stashed = opscheck(*asked)

    assert done.returncode == 1
    assert "it was not run: the working tree differs from HEAD (app/main.py)" in done.stdout
    assert done.stdout.splitlines()[-2] == "NO-GO: 1 of 10 items stands in the way: 1 not measured"
    assert by_ci.returncode == 0, by_ci.stdout
    assert stashed.returncode == 0, stashed.stdout
