"""The benchmark runs with small numbers and prints its figures; none of them is judged."""

from __future__ import annotations

import pytest

from benchmarks import watch


def test_watch_prints_lateness_and_memory(capsys: pytest.CaptureFixture[str]) -> None:
    """A real watch over real rounds."""
    watch.main(hosts=2, checks=2, seconds=10, every=5)

    printed = capsys.readouterr().out
    assert "watch: 2 hosts x 2 checks every 5 s for 10 s" in printed
    assert "late, most (s)" in printed
    assert "memory of the watcher" in printed
    assert "rounds began" in printed
