"""`pytest -m release`: the checks of the checklist, no more and no fewer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from opscheck.release.checklist import load_checklist


def collected(folder: Path, expression: str) -> set[str]:
    """The tests that a marker expression selects."""
    done = subprocess.run(
        [sys.executable, "-m", "opscheck", "run", "-q", "--collect-only", "-m", expression],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
    return {line.strip() for line in done.stdout.splitlines() if "::" in line}


def test_it_selects_what_the_checklist_names(tmp_path: Path) -> None:
    """The suites of its items, the integrity of what is served, and the build that runs."""
    markers = {item.wants["marker"] for item in load_checklist("release").items if item.kind == "suite"}

    selected = collected(tmp_path, "release")

    assert markers == {"smoke", "legacy"}
    assert collected(tmp_path, " or ".join(markers)) < selected
    rest = collected(tmp_path, f"release and not ({' or '.join(markers)})")
    assert {one.split("/")[1] for one in rest} == {"sri", "status"}
    # The build that was released is applicable only where the host file names it.
    assert {one.rpartition("::")[2] for one in rest if one.startswith("suites/status")} == {
        "test_the_time_of_the_build_is_that_of_the_build[embedded]"
    }
    assert collected(tmp_path, "sri") <= selected
