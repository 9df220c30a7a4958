"""A whole run on a machine without an engine: one root cause, everything else blocked behind it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["alone", "two workers"])
def test_one_check_tells_why_and_the_others_are_blocked(tmp_path: Path, workers: tuple[str, ...]) -> None:
    """The cause in one line, with what to do, in terminal and report; nothing was started."""
    machine = {name: value for name, value in os.environ.items() if not name.startswith(("OPSCHECK_", "PYTEST_"))}
    env = {**machine, "PYTHONPATH": str(ROOT), "DOCKER_HOST": f"unix://{tmp_path}/none.sock"}
    words = ["run", "-m", "readiness", "--host", "containers", "--ops-report", "r.json", "--ops-exit-codes", *workers]

    done = subprocess.run(
        [sys.executable, "-m", "opscheck", *words],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    results = json.loads((tmp_path / "r.json").read_text())["results"]
    outcomes = sorted(one["outcome"] for one in results)
    assert done.returncode == 30, done.stdout
    assert outcomes == ["BLOCKED"] * (len(results) - 1) + ["UNMEASURED"]
    assert len(results) > 5
    assert "root cause containers:engine:refused" in done.stdout
    told = next(one for one in results if one["outcome"] == "UNMEASURED")
    assert "none.sock does not exist, so the daemon is not running" in told["reason"]
    assert "systemctl start docker" in told["remedy"]
