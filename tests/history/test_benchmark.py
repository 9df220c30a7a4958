"""The benchmark of history runs with small numbers and prints its figures."""

from __future__ import annotations

import pytest

from benchmarks import history


def test_it_prints_a_year_and_the_kills(capsys: pytest.CaptureFixture[str]) -> None:
    """Sizes and times are measured, not judged; a half record would be."""
    history.main(quick=True, rounds=0, days=1, kills=1)

    printed = capsys.readouterr().out
    assert "288, 57,600" in printed
    assert "bytes a result" in printed
    assert "kill -9, 1 times" in printed
    rows = {line.strip().rpartition("  ")[0].strip(): line.split()[-1] for line in printed.splitlines() if line}
    assert rows["half records"] == "0"
    assert rows["acknowledged and not there"] == "0"
    assert int(rows["runs that are there"]) >= 1
