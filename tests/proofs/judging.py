"""What every catalog has to show; its module names it as CATALOG, and one run over its services serves all."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

from tests.faults.catalogs import Catalog
from tests.faults.fault import Fault
from tests.faults.running import Broken

ROOT = Path(__file__).resolve().parents[2]
Outcomes: TypeAlias = Mapping[str, Mapping[str, set[str]]]  # host -> outcome -> checks


def test_a_broken_service_turns_its_checks_red(fault: Fault, outcomes: Outcomes) -> None:
    """The checks that name the fault fail, no other does, and nothing is blind that could see."""
    seen = outcomes[fault.name]

    assert seen.get("FAIL", set()) == fault.red
    assert seen.get("UNMEASURED", set()) | seen.get("BLOCKED", set()) <= fault.blind


def test_the_unbroken_service_is_green(sound: Fault, outcomes: Outcomes) -> None:
    """A check that is red here would be red everywhere."""
    seen = outcomes[sound.name]

    assert set(seen) == {"PASS"}, seen


def judged(catalog: Catalog, folder: Path) -> Outcomes:
    """The checks of each host of a catalog by outcome, from one run over all of them."""
    hosts, report = folder / "opscheck.toml", folder / "report.json"
    with Broken(catalog.every, folder) as broken:
        hosts.write_text(broken.toml)
        run = subprocess.run(
            _command(catalog, hosts, report), cwd=ROOT, capture_output=True, text=True, timeout=400, check=False
        )
    assert run.returncode in (0, 1), run.stdout[-4000:] + run.stderr[-4000:]
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for result in json.loads(report.read_text())["results"]:
        found[result["host"]][result["outcome"]].add(result["check"])
    return found


def _command(catalog: Catalog, hosts: Path, report: Path) -> list[str]:
    names = ",".join(fault.name for fault in catalog.every)
    options = [f"--ops-inventory={hosts}", f"--ops-host={names}", f"--ops-report={report}", "--ops-concurrency=8"]
    quiet = ["-q", "--tb=no", "-p", "no:cacheprovider"]
    return [sys.executable, "-m", "pytest", str(ROOT / "suites"), "-m", catalog.suites, *options, *quiet]
