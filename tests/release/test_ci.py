"""What CI hands over: real runs of the legacy suite with the gate on and off, as JSON and as JUnit."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from opscheck.model import Outcome
from opscheck.release.ci import CiRun, Judged, ci_of_junit, ci_of_report, judge_ci
from opscheck.release.junit import read_junit
from opscheck.release.words import Seen, State
from opscheck.report.run import RunReport
from service.running import EmbeddedService
from service.settings import Settings
from tests.history.made import report, result

NOW = datetime.now(UTC)
NEEDED = ("legacy-gate",)
WAIVER = {
    "check": "legacy-gate",
    "outcome": "FAIL",
    "owner": "ops",
    "expires": "end of 2026-12-31 UTC",
    "reason": "later",
}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports of the suite on a service whose old address answers, and where it is gone, with and without the gate."""
    folder = tmp_path_factory.mktemp("ci")
    services: dict[str, Literal["on", "off"]] = {"answers": "on", "gone": "off"}
    for name, status in services.items():
        settings = Settings(state_dir=folder / name, vector_engine="sqlite", legacy_status=status)
        with EmbeddedService(settings) as service:
            for gate in ("gated", "open"):
                words = ["--ops-fail-on-legacy"] if gate == "gated" else []
                command = [sys.executable, "-m", "opscheck", "run", "-q", "-m", "legacy", f"--host={service.agent_url}"]
                files = [f"--ops-report={name}-{gate}.json", f"--junitxml={name}-{gate}.xml"]
                subprocess.run([*command, *files, *words], cwd=folder, capture_output=True, check=False, timeout=120)
    return folder


def read(file: Path) -> CiRun:
    """What a file says."""
    if file.suffix == ".json":
        return ci_of_report(RunReport.from_dict(json.loads(file.read_text())), file.name)
    return ci_of_junit(read_junit(file.read_bytes()), file.name)


def judged(run: CiRun, *, commit: datetime | None = None, fresh: timedelta | None = None) -> Seen:
    """What it comes to."""
    return judge_ci(run, NEEDED, commit=commit, now=NOW + timedelta(minutes=5), fresh=fresh)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_green_counts_with_the_gate_on(reports: Path, form: str) -> None:
    """Green without the gate is no answer to the question; with the gate the old address has to be gone."""
    gone, answers = read(reports / f"gone-gated.{form}"), read(reports / f"answers-gated.{form}")
    open_ = read(reports / f"answers-open.{form}")

    assert judged(gone).reason == "CI is green with the gate on: legacy-gate"
    assert judged(answers).state is State.NOT_MET
    assert judged(answers).reason.startswith("CI is red: legacy-gate on ")
    assert judged(open_).state is State.NOT_MET
    assert judged(open_).reason.startswith("CI is green, and the gate was off: the gate is off; the old address still")
    # Where it is gone the gate would have passed, so there is nothing to turn on.
    assert judged(read(reports / f"gone-open.{form}")).state is State.MET


def test_of_this_commit_and_lately(reports: Path) -> None:
    """Older than the commit, or than the item allows: not measured."""
    run = read(reports / "gone-gated.json")

    assert judged(run, commit=NOW - timedelta(days=1), fresh=timedelta(hours=24)).state is State.MET
    assert "before the commit of" in judged(run, commit=NOW + timedelta(days=1)).reason
    assert judge_ci(run, NEEDED, commit=None, now=NOW + timedelta(days=3), fresh=timedelta(hours=24)).reason.startswith(
        "the results are "
    )


def test_a_waiver_is_no_green_gate() -> None:
    """The gate would have failed; on another host it may be green as well."""
    gate = Judged("legacy-gate", "prod", Outcome.PASS, "the old address is gone: 410")
    line = "FAIL waived by ops until end of 2026-12-31 UTC: later"
    waived = Judged("legacy-gate", "second", Outcome.WAIVED, "it still answers", line)
    result_ = result(Outcome.WAIVED, check="legacy-gate", waivers=(WAIVER,))

    seen = judged(CiRun("ci", (gate, waived), NOW))

    assert seen.state is State.NOT_MET
    assert seen.reason == f"CI is green by a waiver alone: legacy-gate on second: {line}"
    assert ci_of_report(report(results=[result_]), "ci").judged[0].waiver == line
    assert judged(CiRun("ci", (gate, replace(waived, check="legacy-hits")), NOW)).state is State.MET


def test_a_green_check_in_a_red_test_is_red() -> None:
    """It broke behind the check, as when a fixture is taken down; what the check itself says is not told twice."""
    properties = "".join(
        f'<property name="{name}" value="{value}"/>'
        for name, value in (("ops_check", "legacy-gate"), ("ops_host", "prod"), ("ops_outcome", "{}"))
    )
    case = (
        f'<testcase classname="t" name="x"><properties>{properties}</properties><error message="teardown"/></testcase>'
    )
    text = f'<testsuite tests="1" failures="0" errors="1">{case}</testsuite>'

    green, red, blind = (
        ci_of_junit(read_junit(text.replace("{}", word).encode()), "ci.xml") for word in ("PASS", "FAIL", "UNMEASURED")
    )

    assert judged(green).reason == "CI is red: t.x"
    assert judged(green).state is State.NOT_MET
    assert judged(red).reason == "CI is red: legacy-gate on prod"
    assert judged(blind).state is State.UNMEASURED


def test_what_is_missing() -> None:
    """The legacy checks did not run, could not see, or other tests are red."""
    gate = Judged("legacy-gate", "prod", Outcome.PASS, "the old address is gone: 410")
    blind = Judged("legacy-hits", "prod", Outcome.UNMEASURED, "the logs do not cover the time")
    blocked = Judged("legacy-gate", "prod", Outcome.BLOCKED, "blocked by prod:edge")

    assert judged(CiRun("ci", (), NOW)).reason == "CI did not run legacy-gate to a green end"
    assert judged(CiRun("ci", (gate, blind), NOW)).state is State.UNMEASURED
    assert judged(CiRun("ci", (blocked,), NOW)).state is State.UNMEASURED
    assert judged(CiRun("ci", (gate,), NOW, red=("tests.test_x",))).reason == "CI is red: tests.test_x"
    assert judged(CiRun("ci", (gate,), NOW, incomplete="broken off")).state is State.UNMEASURED
    assert judged(CiRun("ci", (gate,), NOW)).state is State.MET
