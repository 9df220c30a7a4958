"""Each benchmark runs with small numbers and prints its figures; none of them is judged."""

from __future__ import annotations

import pytest

from benchmarks import flat, idle, probe, scale
from benchmarks.table import table


def test_idle_prints_the_tax(capsys: pytest.CaptureFixture[str]) -> None:
    """The idle benchmark compares with and without the plugin."""
    idle.main(items=3, rounds=1)

    printed = capsys.readouterr().out
    assert "pytest --version" in printed
    assert "import of opscheck.plugin" in printed


def test_scale_compares_with_the_sketch(capsys: pytest.CaptureFixture[str]) -> None:
    """The scale benchmark runs opscheck and the sketch on the same pages."""
    scale.main(quick=True, counts=(4,), hosts=(2,), flights=(2,))

    printed = capsys.readouterr().out
    assert "4 checks of 50 ms over 2 hosts, 2 in flight" in printed
    assert scale.OURS in printed
    assert scale.SKETCH in printed


def test_flat_prints_time_and_memory(capsys: pytest.CaptureFixture[str]) -> None:
    """The flat benchmark tells milliseconds and kilobytes a check."""
    flat.main(quick=True, counts=(2, 4))

    printed = capsys.readouterr().out
    assert "ms a check" in printed
    assert "KB a check" in printed


def test_probe_compares_clients(capsys: pytest.CaptureFixture[str]) -> None:
    """The probe benchmark asks with opscheck's probe, aiohttp and httpx."""
    probe.main(quick=True, count=10, in_flight=8)

    printed = capsys.readouterr().out
    assert "aiohttp" in printed
    assert "httpx, 8 clients" in printed


def test_table_aligns_figures() -> None:
    """Figures stand to the right of their column, with three or fewer decimals."""
    assert table("title", ("a", "b"), [("x", 1.25), ("y", 12.5)]).splitlines() == [
        "title",
        "  a      b",
        "  x  1.250",
        "  y   12.5",
    ]
