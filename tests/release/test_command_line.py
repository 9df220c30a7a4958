"""`opscheck release` as a user types it, well and badly, in a folder of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from opscheck.cli.release import app
from tests.release.repository import Repository

Command = Callable[..., "subprocess.CompletedProcess[str]"]
MINE = """
plan = "release"
[items.stack]
skip = "nothing runs on Compose here"
[items.smoke]
skip = "it is a library"
[items.lint]
command = ["{python}", "-c", "print('clean')"]
[items.tests]
command = ["{python}", "-c", "print('never run here')"]
[items.dependencies]
waived = { reason = "no network here", owner = "ops", until = 2099-12-31 }
command = ["{python}", "-c", "raise SystemExit(1)"]
[items.integrity]
skip = "there is no page"
[items.legacy]
skip = "there is no old address"
[items.build]
skip = "nothing is deployed"
"""
GREEN = '<testsuite tests="1" failures="0" errors="0"><testcase classname="a" name="b"/></testsuite>'


@pytest.fixture
def opscheck(repository: Repository) -> Command:
    """Run `opscheck release` in a repository whose last commit changes code and its document."""
    repository.commit({"app/main.py": "2", "docs/guide.md": "# Guide\n\n2"})
    (repository.folder / "my.toml").write_text(MINE)
    (repository.folder / "ci.xml").write_text(GREEN)

    def run(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "opscheck", "release", *arguments],
            cwd=repository.folder,
            env={**os.environ, **env},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def test_nothing_to_attest_for(tmp_path: Path) -> None:
    """Without a repository, and in one without a commit: what to do is in the line; with a name it works."""

    def attest(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "opscheck", "release", "attest", "rollback", "--by", "Ada", "--seen", "it"]
        return subprocess.run([*command, *words], cwd=tmp_path, capture_output=True, text=True, check=False)

    bare = attest()
    Repository(tmp_path)
    empty, named = attest(), attest("--release", "1.4.0")

    name = "name what is released, --release 1.4.0"
    assert (bare.returncode, bare.stderr) == (4, f"opscheck: this folder is no git repository: {name}\n")
    assert (empty.returncode, empty.stderr) == (4, f"opscheck: this git repository has no commit yet: {name}\n")
    assert named.returncode == 0


def test_from_no_go_to_go(opscheck: Command, repository: Repository) -> None:
    """Not attested: NO-GO; attested: GO, in all four forms; a commit later the attestation counts no more."""
    asked = ("--checklist", "my.toml", "--junit", "ci.xml")
    first = opscheck(*asked)
    attested = opscheck("attest", "rollback", "--by", "Ada", "--seen", "rolled v1 back on staging")
    forms = [word for name in ("r.html", "r.json", "r.md") for word in ("--report", name)]
    second = opscheck(*asked, *forms)
    repository.commit({"app/main.py": "3"})
    third = opscheck(*asked)

    assert first.returncode == 1
    assert first.stdout.splitlines()[-1] == "NO-GO: 1 of 10 items stands in the way: 1 not attested"
    # As it is told it works, own checklist and all.
    words = 'opscheck release attest rollback --plan release --checklist my.toml --by NAME --seen "WHAT"'
    assert words in first.stdout
    assert attested.returncode == 0, attested.stderr
    assert second.returncode == 0, second.stdout
    assert "GO: 4 of 10 items met, 1 waived, 5 not applicable" in second.stdout
    assert "[10/10]" in second.stderr
    told = json.loads((repository.folder / "r.json").read_text())
    found = {one["id"]: one for one in told["findings"]}
    assert (told["decision"], told["range"], told["checklists"][1]) == ("GO", "v1..HEAD", "my.toml")
    assert found["rollback"]["evidence"][0].startswith("Ada, 2")
    assert (found["tests"]["how"], found["tests"]["reason"]) == ("imported", "1 test green")
    assert found["dependencies"]["waiver"] == "no network here (ops, until 2099-12-31)"
    assert "no network here" in (repository.folder / "r.html").read_text()
    assert "# opscheck: GO: 4 of 10 items met" in (repository.folder / "r.md").read_text()
    assert third.returncode == 1
    assert "rollback       attested for" in third.stdout or "attested for " in third.stdout


def test_what_ci_says_is_red(opscheck: Command) -> None:
    """Exit codes of CI count as its own."""
    done = opscheck("-q", "--checklist", "my.toml", "--junit", "tests=ci.xml", "--exit-code", "lint=1")

    assert done.returncode == 1
    assert done.stderr == ""
    assert "lint: not met: The linter is content" in done.stdout
    assert "by CI: it ended with 1" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--plan", "relese"), 'unknown plan "relese"; did you mean "release"?'),
        (("--checklist", "no.toml"), "no.toml: cannot be read: No such file"),
        (("--host", "pord"), 'unknown host "pord"'),
        (("--range", "v9..HEAD"), "git diff: "),
        (("--range", "HEAD"), "'HEAD' is no range such as v1..HEAD"),
        (("--junit", "nope=ci.xml"), 'no item "nope" in the checklist "release"'),
        (("--plan", "legacy-cutover", "--junit", "cii=ci.xml"), 'no item "cii" in the checklist'),
        (("--exit-code", "lint"), "ID=N is expected, such as lint=0"),
        (("--exit-code", "lint=999"), "ID=N is expected"),
        (("--exit-code", "lnt=0"), 'did you mean "lint"?'),
        (("--log", "access.log"), "say of which host"),
        (("--host", "embedded", "--log", "prod/edge=x"), 'host "prod" is not one of --host'),
        (("--report", "r.pdf"), "the suffixes are .html, .json, .md"),
        (("--folder", "nowhere"), "there is no such folder"),
        (("attest", "lint", "--by", "A", "--seen", "x"), "is measured (kind command); nobody can attest it"),
        (("attest", "rolback", "--by", "A", "--seen", "x"), 'did you mean "rollback"?'),
        (("attest", "rollback", "--by", "", "--seen", "x"), "--by is empty"),
    ],
)
def test_typing_errors(
    repository: Repository, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...], told: str
) -> None:
    """One line on the error output, exit code 4, and nothing was run."""
    (repository.folder / "ci.xml").write_text(GREEN)
    monkeypatch.chdir(repository.folder)

    done = CliRunner().invoke(app, [*([] if arguments[0] == "attest" else ["-q"]), *arguments])

    assert done.exit_code == 4, done.output
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert done.stdout == ""


def test_secrets_of_the_environment_are_masked(opscheck: Command, repository: Repository) -> None:
    """A command prints its environment: neither terminal nor report has the token."""
    (repository.folder / "leak.toml").write_text(
        '[items.lint]\ncommand = ["{python}", "-c", "import os; raise SystemExit(os.environ[\'DEPLOY_TOKEN\'])"]\n'
    )

    done = opscheck(
        "--checklist",
        "my.toml",
        "--checklist",
        "leak.toml",
        "--junit",
        "ci.xml",
        "--report",
        "r.json",
        "--report",
        "r.html",
        DEPLOY_TOKEN="tok-12345-secret",
    )

    told = done.stdout + done.stderr + (repository.folder / "r.json").read_text()
    assert "tok-12345-secret" not in told + (repository.folder / "r.html").read_text()
    assert "[secret DEPLOY_TOKEN]" in done.stdout


def test_what_there_is_to_see(opscheck: Command) -> None:
    """The items, each with its kind and what it waits for; the options, by --help."""
    shown = opscheck("items", "--plan", "legacy-cutover").stdout.splitlines()
    mine = opscheck("items", "--checklist", "my.toml").stdout

    assert len(shown) == 8
    assert shown[0].startswith("quiet      quiet ")
    assert shown[-1].endswith("(due once removed is met)")
    assert "(waived: no network here (ops, until 2099-12-31))" in mine
    assert "(left out: it is a library)" in mine
    assert "--allow-changes" in opscheck("--help").stdout
    assert opscheck("items", "--plan", "x").returncode == 4
