"""The benchmark of the matrix runs with small numbers and prints its figures; none of them is judged."""

from __future__ import annotations

import pytest

from benchmarks import cors


def test_the_matrix_is_compared_with_bare_clients(capsys: pytest.CaptureFixture[str]) -> None:
    """The same requests by opscheck and by aiohttp, and the suite as a run."""
    cors.main(quick=True, times=1, rounds=1)

    printed = capsys.readouterr().out
    assert "the matrix of one address, 27 requests" in printed
    assert "aiohttp, one by one" in printed
    assert "requests to all of its addresses" in printed
