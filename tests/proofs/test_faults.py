"""Each broken service turns exactly its checks red; the unbroken one turns none red.

All services of a catalog are hosts of one run, which is made once and judged host by host.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path

import pytest

from opscheck.registry import shipped_checks
from tests.faults.catalogs import CATALOGS, Catalog
from tests.faults.fault import Fault
from tests.faults.running import Broken

ROOT = Path(__file__).resolve().parents[2]
Outcomes = Mapping[str, Mapping[str, set[str]]]  # host -> outcome -> checks


@pytest.fixture(scope="module")
def outcomes_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Outcomes]:
    """The checks of each host of a catalog by outcome, from one run over all of them."""
    return cache(lambda name: _outcomes(CATALOGS[name], tmp_path_factory.mktemp(f"broken-{name}")))


def _outcomes(catalog: Catalog, folder: Path) -> Outcomes:
    hosts, report = folder / "opscheck.toml", folder / "report.json"
    with Broken(catalog.every, folder) as broken:
        hosts.write_text(broken.toml)
        run = subprocess.run(
            _command(catalog, hosts, report), cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
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


def _rows(part: str) -> Iterator[object]:
    for name, catalog in CATALOGS.items():
        for fault in getattr(catalog, part):
            # One group for each catalog: whichever worker takes its first test makes the run for all of them.
            yield pytest.param(name, fault, id=f"{name}-{fault.name}", marks=pytest.mark.xdist_group(f"faults-{name}"))


@pytest.mark.parametrize(("name", "fault"), list(_rows("faults")))
def test_a_broken_service_turns_its_checks_red(name: str, fault: Fault, outcomes_of: Callable[[str], Outcomes]) -> None:
    """The checks that name the fault fail, no other does, and nothing is blind that could see."""
    seen = outcomes_of(name)[fault.name]

    assert seen.get("FAIL", set()) == fault.red
    assert seen.get("UNMEASURED", set()) | seen.get("BLOCKED", set()) <= fault.blind


@pytest.mark.parametrize(("name", "fault"), list(_rows("unbroken")))
def test_the_unbroken_service_is_green(name: str, fault: Fault, outcomes_of: Callable[[str], Outcomes]) -> None:
    """A check that is red here would be red everywhere."""
    seen = outcomes_of(name)[fault.name]

    assert set(seen) == {"PASS"}, seen


def test_every_fault_of_every_check_is_shown() -> None:
    """No fault is only a name: each of them is broken once in a running service."""
    named = {name for info in shipped_checks().values() for name in info.faults}
    shown = {name for catalog in CATALOGS.values() for fault in catalog.faults for name in fault.shows}

    assert shown == named
