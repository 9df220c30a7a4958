"""What the installed plugin costs a pytest run that does not use it."""

from __future__ import annotations

import statistics
import sys
import tempfile
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import suites
from benchmarks.table import show, table
from benchmarks.timing import Run, Variant, interleaved, median, run

ITEMS: Final = 1000
_WITHOUT: Final = ("-p", "no:opscheck")
_IMPORT: Final = (
    "import time, pytest, _pytest.config; _pytest.config.get_config();"
    "began = time.perf_counter(); import opscheck.plugin; print('ms', (time.perf_counter() - began) * 1000)"
)


def main(*, quick: bool = False, items: int = ITEMS, rounds: int = 15) -> None:
    """Print the idle tax in milliseconds."""
    rounds = min(rounds, 3) if quick else rounds
    with tempfile.TemporaryDirectory(prefix="opscheck-bench-") as folder:
        suite = suites.empty(Path(folder) / "empty", items)
        pytest = (sys.executable, "-m", "pytest")
        cases: dict[str, Sequence[str]] = {
            "pytest --version": (*pytest, "--version"),
            f"pytest -q, {items:,} empty items": (*pytest, "-q"),
        }
        rows = [_row(name, command, suite, rounds, 3 if quick else 26) for name, command in cases.items()]
    head = ("milliseconds, median of k in turns", "k", "without", "with", "tax", "tax in CPU", "rounds' quartiles")
    show(table("idle: the installed plugin, unused (-p no:opscheck against plain)", head, rows))
    imports = interleaved({"import": partial(run, (sys.executable, "-c", _IMPORT), expect="ms ")}, rounds)["import"]
    took = [float(one.output.split()[1]) for one in imports]
    low, high = min(took), max(took)
    show(
        f"  import of opscheck.plugin behind pytest's own: {statistics.median(took):.1f} ms ({low:.1f} to {high:.1f})",
        "",
    )


def _row(name: str, command: Sequence[str], suite: Path, rounds: int, seconds: float) -> tuple[object, ...]:
    variants: dict[str, Variant] = {
        "without": partial(run, (*command, *_WITHOUT), cwd=suite),
        "with": partial(run, command, cwd=suite),
    }
    taken = interleaved(variants, rounds, seconds=seconds)
    without, plain = taken["without"], taken["with"]
    taxes = _differences(plain, without, "seconds")
    quartiles = statistics.quantiles(taxes, n=4) if len(taxes) > 1 else taxes * 3
    return (
        name,
        len(plain),
        f"{median(without) * 1000:.0f}",
        f"{median(plain) * 1000:.0f}",
        f"{statistics.median(taxes) * 1000:.1f}",
        f"{statistics.median(_differences(plain, without, 'cpu')) * 1000:.1f}",
        f"{quartiles[0] * 1000:.1f} to {quartiles[2] * 1000:.1f}",
    )


def _differences(more: Sequence[Run], less: Sequence[Run], what: str) -> list[float]:
    """Within each round, so that a disturbance falls on both."""
    return [getattr(one, what) - getattr(other, what) for one, other in zip(more, less, strict=True)]
