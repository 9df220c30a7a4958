"""The benchmark runs with small numbers and prints its figures; none of them is judged."""

from __future__ import annotations

import pytest

from benchmarks import sri


def test_the_benchmark_compares_with_openssl(capsys: pytest.CaptureFixture[str]) -> None:
    """Both hash the same files."""
    sri.main(quick=True, count=20, size=1000)

    printed = capsys.readouterr().out
    assert sri.OURS in printed
    assert "openssl" in printed
