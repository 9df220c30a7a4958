"""A wheel of this checkout, unpacked where only PYTHONPATH finds it."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.parts.find import find_tool, require_tool

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Installed:
    """Folders for PYTHONPATH, and an empty folder to work in."""

    path: tuple[Path, ...]
    here: Path

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """Run `python -m ...` with nothing of the checkout in sight."""
        ours = ("OPSCHECK_", "PYTEST_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        environment["PYTHONPATH"] = os.pathsep.join(map(str, self.path))
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.here,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="session")
def unpacked(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What pip would put into site-packages."""
    folder = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


@pytest.fixture
def installed(unpacked: Path, tmp_path: Path) -> Installed:
    """The wheel alone, ahead of the checkout's own entry."""
    return Installed((unpacked,), tmp_path)


@pytest.fixture(params=["opscheck first", "neighbours first"])
def beside_neighbours(request: pytest.FixtureRequest, unpacked: Path, tmp_path: Path) -> Installed:
    """With locust, pytest-base-url and pytest-ansible, in both orders of loading."""
    site = (find_tool("neighbours") or require_tool("neighbours")).parents[1]
    order = (unpacked, site) if request.param == "opscheck first" else (site, unpacked)
    return Installed(order, tmp_path)


@pytest.fixture
def on_oldest_pytest(unpacked: Path, tmp_path: Path) -> Installed:
    """With the oldest pytest that is supported."""
    site = require_tool("oldest-pytest").parents[1]
    return Installed((unpacked, site), tmp_path)
