"""The HTTP probe alone against other clients: the same requests, wall and processor time of the asking."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

from benchmarks.peers import Peers, asking
from benchmarks.server import Server
from benchmarks.suites import Work
from benchmarks.table import show, table
from benchmarks.timing import Run, interleaved

_NAMES = ("opscheck", "aiohttp", "httpx", "httpx, 8 clients", "bare asyncio")


def main(*, quick: bool = False, count: int = 2000, in_flight: int = 64, rounds: int = 5) -> None:
    """Print wall and CPU seconds, and their ratios to opscheck's probe."""
    rounds = 1 if quick else rounds
    for delay in (0.05, 0.0):
        names = [name for name in _NAMES if name != "httpx" or (delay and not quick)]
        with tempfile.TemporaryDirectory(prefix="opscheck-bench-") as folder, Server(delay=delay, hosts=1) as server:
            peers = Peers(Path(folder), Work(count, 1, server.port), in_flight)
            taken = interleaved(
                {name: peers.client(name) for name in names if name != "httpx"}, rounds, seconds=18, warm=False
            )
            if "httpx" in names:  # so slow that once has to do
                taken["httpx"] = [peers.client("httpx")()]
        ours = [asking(one) for one in taken["opscheck"]]
        rows = [_row(name, taken[name], ours) for name in names]
        told = f"answered after {delay * 1000:.0f} ms" if delay else "answered at once"
        title = f"probe: {count:,} requests, {in_flight} in flight, {told}; median of {len(ours)} in turns"
        show(table(title, ("client", "seconds", "CPU", "wall / opscheck", "CPU / opscheck"), rows), "")


def _row(name: str, runs: list[Run], ours: list[tuple[float, float]]) -> tuple[object, ...]:
    took = [asking(one) for one in runs]
    wall, cpu = (statistics.median(one[part] for one in took) for part in (0, 1))
    ratios = [
        statistics.median(theirs[part] / mine[part] for theirs, mine in zip(took, ours, strict=False))
        for part in (0, 1)
    ]
    return name, wall, cpu, f"{ratios[0]:.2f}", f"{ratios[1]:.2f}"
