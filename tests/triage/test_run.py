"""Triage at the end of a run over services that are really broken."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.faults.catalogs import CATALOGS
from tests.faults.running import Broken
from tests.plugin.conftest import web  # noqa: F401 - a fixture, found by name
from tests.waivers.conftest import Run, run, waiver  # noqa: F401 - likewise

ROOT = Path(__file__).resolve().parents[2]
BROKEN = ("every-completion-500", "agent-hangs", "warming-over-budget", "ready-hides-outage", "agent-prompt-missing")


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, Any], Path]:
    """What the terminal and the report of one run over five broken services say."""
    folder = tmp_path_factory.mktemp("triage")
    faults = [fault for fault in CATALOGS["agent"].faults if fault.name in BROKEN]
    with Broken(faults, folder) as broken:
        (folder / "opscheck.toml").write_text(broken.toml)
        command = [
            *(sys.executable, "-m", "opscheck", "run", "-m", CATALOGS["agent"].suites, "-q", "--tb=no"),
            *(f"--ops-inventory={folder / 'opscheck.toml'}", f"--ops-host={','.join(BROKEN)}"),
            *(f"--ops-report={folder / name}" for name in ("r.json", "r.html", "r.md")),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout, json.loads((folder / "r.json").read_text()), folder


def test_each_is_named_and_told_once(told: tuple[str, dict[str, Any], Path]) -> None:
    """One cause for each broken service, the one that explains most in front; what nothing explains is told."""
    triage = told[1]["triage"]
    by_host = {cause["hosts"][0]: cause for cause in triage["causes"]}

    assert {host: cause["signature"] for host, cause in by_host.items()} == {
        "every-completion-500": "server-errors",
        "agent-hangs": "hangs",
        "warming-over-budget": "warming-persists",
        "ready-hides-outage": "service-down",
    }
    sizes = [len(cause["results"]) + len(cause["behind"]) for cause in triage["causes"]]
    assert sizes == sorted(sizes, reverse=True)
    assert len(by_host["ready-hides-outage"]["behind"]) >= 5
    assert all("agent-prompt-missing" in name for name in triage["unexplained"])
    assert triage["unexplained"]


def test_every_red_result_is_accounted_for(told: tuple[str, dict[str, Any], Path]) -> None:
    """Each stands under exactly one cause, or among the unexplained."""
    report = told[1]
    red = {one["id"] for one in report["results"] if one["outcome"] in ("FAIL", "UNMEASURED", "BLOCKED")}
    named = [name for cause in report["triage"]["causes"] for name in (*cause["results"], *cause["behind"])]

    assert len(named) == len(set(named))
    assert not set(named) & set(report["triage"]["unexplained"])
    assert red <= set(named) | set(report["triage"]["unexplained"])


def test_every_form_shows_it(told: tuple[str, dict[str, Any], Path]) -> None:
    """Terminal, HTML and Markdown, with the command filled in from the host."""
    terminal, report, folder = told
    page, text = (folder / "r.html").read_text(), (folder / "r.md").read_text()
    first = report["triage"]["causes"][0]

    assert "likely causes" in terminal
    assert f"1 {first['title']} on {first['hosts'][0]}: explains" in terminal
    assert "unexplained: " in terminal
    assert '<section id="likely"' in page
    assert first["title"] in page
    assert "## Likely causes" in text
    for shown in (terminal, page, text):
        assert first["confirm"] in shown


def test_a_green_run_says_nothing(run: Run) -> None:  # noqa: F811 - the fixture
    """No block where there is nothing to explain."""
    done, report = run("", status=200)

    assert "likely causes" not in done.stdout.str()
    assert report["triage"] == {"causes": [], "unexplained": []}


def test_what_is_waived_is_left_out(run: Run) -> None:  # noqa: F811 - the fixture
    """Unexplained where it fails, nothing where a waiver takes it."""
    _, failed = run("")
    _, accepted = run(waiver())

    assert len(failed["triage"]["unexplained"]) == 1
    assert accepted["triage"] == {"causes": [], "unexplained": []}


def test_a_users_own_signature_names_it(run: Run) -> None:  # noqa: F811 - the fixture
    """Beside the host file; and a mistake in it ends the run before anything is asked."""
    own = '[signature.mine]\ntitle = "Mine"\ncause = "known"\nmatch = [{ check = "answers", said = "503" }]\n'
    Path("signatures.toml").write_text(own)
    done, report = run("")
    Path("signatures.toml").write_text(own.replace("said", "sayd"))
    Path("r.json").unlink()
    refused, nothing = run("")

    assert [cause["signature"] for cause in report["triage"]["causes"]] == ["mine"]
    done.stdout.fnmatch_lines(["  1 Mine on prod: explains 1 result"])
    assert refused.ret == 4
    assert nothing == {}
    assert (
        'signature.mine.match.0.sayd: unknown key; did you mean "said"?' in refused.stdout.str() + refused.stderr.str()
    )
