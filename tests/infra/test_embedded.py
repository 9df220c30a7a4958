"""The embedded host tells of itself: its metrics move, and its requests are found in its log."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.hosts import results


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["alone", "two-workers"])
def test_the_observability_suite_does_something_there(more: tuple[str, ...], tmp_path: Path) -> None:
    """From an empty folder, with nothing set: three checks pass, in one process and in several."""
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "opscheck", "run", "-m", "observability", f"--ops-report={report}", *more]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    found = {result["check"]: result for result in results(report)}
    assert {check: result["outcome"] for check, result in found.items()} == {
        "metrics-format": "PASS",
        "metrics-move": "PASS",
        "request-logged": "PASS",
    }
    assert "by its id and its trace" in found["request-logged"]["reason"]


def test_a_log_of_the_user_s_own_is_kept(tmp_path: Path) -> None:
    """Who names log files for the embedded host means those."""
    (tmp_path / "mine.log").touch()
    own = [
        "[hosts.embedded.expect.logs]",
        'log_files = ["mine.log"]',
        "[hosts.embedded.slo]",
        "log_line_seconds = 1",
        "",
    ]
    (tmp_path / "opscheck.toml").write_text("\n".join(own))
    report = tmp_path / "report.json"
    command = [sys.executable, "-m", "opscheck", "run", "-m", "observability", f"--ops-report={report}"]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)

    (red,) = [result for result in results(report) if result["outcome"] != "PASS"]
    assert done.returncode == 1
    assert red["check"] == "request-logged"
    assert "mine.log" in str(red["evidence"])
