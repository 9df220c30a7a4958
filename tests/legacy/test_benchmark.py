"""The benchmark runs with a small log, and everybody who counts the same thing counts the same number."""

from __future__ import annotations

import re

import pytest

from benchmarks import access_log


def test_the_benchmark_shows_equal_counts(capsys: pytest.CaptureFixture[str]) -> None:
    """opscheck, grep with an exact pattern, and loops that decode: one number for each log."""
    access_log.main(quick=True, megabytes=10)

    printed = capsys.readouterr().out
    tables = printed.split("access log: ")[1:]
    assert [table.partition(",")[0] for table in tables] == [*["combined"] * 3, "JSON lines"]
    for table in tables:
        hits = dict(re.findall(r"^  (\S.*?)  .* ([\d,]+)$", table, re.MULTILINE))
        same = [name for name in hits if name.startswith(("opscheck", "grep -E", "zcat", "loop: the", "loop with"))]
        assert len(same) >= 2
        assert len({hits[name] for name in same}) == 1, table
        assert int(hits[access_log.OURS].replace(",", "")) > 10
