"""Each broken service turns exactly its checks red; the unbroken one turns none red.

All of them are hosts of one run, which is made once and judged host by host.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from opscheck.registry import shipped_checks
from tests.faults.agent_stack import FAULTS, UNBROKEN
from tests.faults.fault import Fault
from tests.faults.running import Broken

ROOT = Path(__file__).resolve().parents[2]
EVERY = (*UNBROKEN, *FAULTS)
SUITES = "readiness or smoke or cors"
_GREEN = {"PASS", "DEGRADED"}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Mapping[str, set[str]]]:
    """The checks of each host by outcome, from one run over all of them."""
    folder = tmp_path_factory.mktemp("broken")
    hosts, report = folder / "opscheck.toml", folder / "report.json"
    with Broken(EVERY, folder) as broken:
        hosts.write_text(broken.toml)
        run = subprocess.run(
            _command(hosts, report), cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
        )
    assert run.returncode in (0, 1), run.stdout[-4000:] + run.stderr[-4000:]
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for result in json.loads(report.read_text())["results"]:
        found[result["host"]][result["outcome"]].add(result["check"])
    return found


def _command(hosts: Path, report: Path) -> list[str]:
    names = ",".join(fault.name for fault in EVERY)
    options = [f"--ops-inventory={hosts}", f"--ops-host={names}", f"--ops-report={report}", "--ops-concurrency=8"]
    quiet = ["-q", "--tb=no", "-p", "no:cacheprovider"]
    return [sys.executable, "-m", "pytest", str(ROOT / "suites"), "-m", SUITES, *options, *quiet]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_broken_service_turns_its_checks_red(fault: Fault, outcomes: Mapping[str, Mapping[str, set[str]]]) -> None:
    """The checks that name the fault fail, no other does, and nothing is blind that could see."""
    seen = outcomes[fault.name]

    assert seen.get("FAIL", set()) == fault.red
    assert seen.get("UNMEASURED", set()) | seen.get("BLOCKED", set()) <= fault.blind


@pytest.mark.parametrize("fault", UNBROKEN, ids=lambda fault: fault.name)
def test_the_unbroken_service_is_green(fault: Fault, outcomes: Mapping[str, Mapping[str, set[str]]]) -> None:
    """A check that is red here would be red everywhere."""
    seen = outcomes[fault.name]

    assert set(seen) == {"PASS"}, seen


def test_every_fault_of_every_check_is_shown() -> None:
    """No fault is only a name: each of them is broken once in a running service."""
    named = {name for info in shipped_checks().values() for name in info.faults}
    shown = {name for fault in FAULTS for name in fault.shows}

    assert shown == named
