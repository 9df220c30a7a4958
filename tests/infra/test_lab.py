"""One host of real servers, well: every check that applies passes, alone and in several processes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest

from tests.infra.catalog import LAB
from tests.infra.hosts import results, run

MOST: Final = 45  # requests, of which a dozen look whether a line and an alert have arrived


@pytest.mark.parametrize("more", [(), ("-n", "2")], ids=["alone", "two-workers"])
def test_every_check_that_applies_passes(more: tuple[str, ...], inventory: Path, tmp_path: Path) -> None:
    """GO, and nothing is asked twice because there are two processes."""
    report = tmp_path / "report.json"

    done = run(inventory, [LAB.name], report, *more)
    found = results(report)

    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert {result["outcome"] for result in found} == {"PASS"}
    assert len({result["check"] for result in found}) >= 25
    assert "GO: " in done.stdout
    spent = re.search(r"spent: (\d+) requests", done.stdout)
    assert spent is not None
    assert 25 < int(spent[1]) <= MOST


def test_without_leave_nothing_is_written(inventory: Path, tmp_path: Path) -> None:
    """A line of ours and a value of ours are given to nobody who did not allow it."""
    report = tmp_path / "report.json"

    done = run(inventory, [LAB.name], report, mutating=False)
    tests = {result["id"].rpartition("::")[2].partition("[")[0]: result["outcome"] for result in results(report)}

    assert done.returncode == 0, done.stdout[-3000:]
    assert tests["test_redis_is_well"] == "PASS"
    assert tests.get("test_redis_keeps_what_it_is_given") != "PASS"
    assert tests.get("test_a_line_is_found_again") != "PASS"
    assert tests.get("test_an_alert_reaches_a_receiver") != "PASS"
