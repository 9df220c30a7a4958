"""The wheel carries everything under one name, and works in an empty folder."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.packaging.conftest import Installed


def test_nothing_generic_lands_in_site_packages(wheel: Path) -> None:
    """One top-level name beside the metadata; no service, suites, fixtures or reports of our own there."""
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert {top for top in tops if not top.endswith(".dist-info")} == {"opscheck"}


def test_suites_fixtures_and_service_travel_along(wheel: Path) -> None:
    """What `opscheck run` needs is in the wheel, schemas and pages included; caches and tests are not."""
    names = set(zipfile.ZipFile(wheel).namelist())

    wanted = (
        "suites/smoke/conftest.py",
        "suites/pytest.ini",
        "fixtures/systems/reference.toml",
        "service/app.py",
        "service/web/index.html",
        "service/web/sri-manifest.json",
        "inventory/inventory.schema.json",
        "report/frame.html",
        "report/report.schema.json",
    )
    assert {f"opscheck/{name}" for name in wanted} <= names
    assert not [name for name in names if name.startswith("opscheck/tests") or name.endswith(".pyc")]


def test_smoke_runs_from_an_empty_folder(installed: Installed) -> None:
    """`opscheck run -m smoke` starts its own service and gives verdicts; the folder holds only what was asked for."""
    done = installed.run("opscheck", "run", "-m", "smoke or readiness", "--ops-report=smoke.json", "-q")

    assert done.returncode == 0, done.stdout + done.stderr
    report = json.loads((installed.here / "smoke.json").read_text())
    assert report["summary"]["decision"] == "GO"
    assert all(one["id"].startswith("suites/") for one in report["results"])
    assert [path.name for path in installed.here.iterdir()] == ["smoke.json"]


def test_every_command_says_what_it_does(installed: Installed) -> None:
    """Help, checks and plan work where nothing but the wheel is."""
    listed = installed.run("opscheck", "checks")
    planned = installed.run("opscheck", "plan", "-m", "smoke")

    assert "liveness" in listed.stdout
    assert (listed.returncode, planned.returncode) == (0, 0)
    assert "POST /v1/agent" in planned.stdout


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_without_the_extra_the_embedded_host_is_unmeasured(installed: Installed, workers: tuple[str, ...]) -> None:
    """Tool missing, one root cause, and the command that brings it; no traceback."""
    (installed.here / "missing").mkdir()
    (installed.here / "missing" / "fastapi.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'fastapi'\", name='fastapi')\n"
    )
    bare = Installed((installed.here / "missing", *installed.path), installed.here)

    done = bare.run("opscheck", "run", "-m", "readiness", "-q", "--ops-exit-codes", "--ops-report=r.json", *workers)

    counts = json.loads((installed.here / "r.json").read_text())["summary"]["counts"]
    assert (done.returncode, counts["UNMEASURED"], counts.get("FAIL", 0)) == (30, 1, 0), done.stdout + done.stderr
    assert "pip install 'opscheck[service]' brings it" in done.stdout
    assert "Traceback" not in done.stdout
