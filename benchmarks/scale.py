"""Checks that wait: seconds of whole processes, ours and every other way of asking the same, side by side."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from benchmarks.peers import Peers, asking
from benchmarks.server import Server
from benchmarks.suites import Work
from benchmarks.table import show, table
from benchmarks.timing import Run, Variant, interleaved, median, median_cpu, ratio, spread

DELAY: Final = 0.05
OURS: Final = "opscheck, all evidence kept"
SKETCH: Final = "sketch: aiohttp in a thread, items wait"
EMPTY: Final = "empty pytest items, nothing asked"
_SLOW: Final = 1000  # checks; from it on, what asks one by one is left out
_MANY: Final = 256  # in flight; from it on, what takes no notice of it is left out


def main(
    *,
    quick: bool = False,
    counts: tuple[int, ...] = (200, 2000),
    hosts: tuple[int, ...] = (20, 1, 200),
    flights: tuple[int, ...] = (64, 256),
    rounds: int = 3,
) -> None:
    """Print a table for each size; all peers at the first number of hosts, the sketch and ours at the others."""
    rounds, flights = (1, flights[:1]) if quick else (rounds, flights)
    with Server(delay=DELAY, hosts=max(hosts)) as server:
        for count in counts:
            for in_flight in flights:
                show(_ceiling(count, in_flight, server.port))
                work = Work(count, hosts[0], server.port)
                show(_compare(work, in_flight, rounds, all_peers=not quick, seconds=33 if count >= _SLOW else 10), "")
        for other in () if quick else hosts[1:]:
            for count in counts:
                for in_flight in flights:
                    work = Work(count, other, server.port)
                    show(_compare(work, in_flight, rounds, all_peers=False, seconds=14 if count >= _SLOW else 4), "")


def _ceiling(count: int, in_flight: int, port: int) -> str:
    """What the server itself can do, asked by the least client there is."""
    with tempfile.TemporaryDirectory(prefix="opscheck-bench-") as folder:
        wall, _ = asking(Peers(Path(folder), Work(count, 1, port), in_flight).client("bare asyncio")())
    limit = _limit(count, in_flight)
    return (
        f"server (two Python processes on this machine): {count / wall:,.0f} answers a second to a bare client,"
        f" {wall:.2f} s where waiting alone takes {limit:.2f}"
    )


def _limit(count: int, in_flight: int) -> float:
    return -(-count // in_flight) * DELAY


def _compare(work: Work, in_flight: int, rounds: int, *, all_peers: bool, seconds: float) -> str:
    with tempfile.TemporaryDirectory(prefix="opscheck-bench-") as folder:
        peers = Peers(Path(folder), work, in_flight)
        often: dict[str, Variant] = {OURS: peers.opscheck(), SKETCH: peers.sketch()}
        if all_peers:
            often[EMPTY] = peers.empty()
            often["opscheck, JSON report written"] = peers.opscheck("--ops-report", "report.json")
            often["aiohttp alone"] = peers.client("aiohttp")
            often["httpx alone, 8 clients"] = peers.client("httpx, 8 clients")
        taken = interleaved(often, rounds, seconds=seconds, warm=False)
        absent: list[str] = []
        if all_peers:
            once, absent = _once(peers, work, in_flight)
            taken |= interleaved(once, 1, warm=False)
    title = f"scale: {work.count:,} checks of {DELAY * 1000:.0f} ms over {work.hosts} hosts, {in_flight} in flight"
    title += f" (waiting alone: {_limit(work.count, in_flight):.2f} s)"
    head = ("seconds of whole processes, median of k in turns", "seconds", "CPU", "k", "spread", "/ sketch")
    lines = [table(title, head, _rows(taken))]
    lines += [f"  skipped: {name} is not installed" for name in absent]
    return "\n".join(lines)


def _once(peers: Peers, work: Work, in_flight: int) -> tuple[dict[str, Variant], list[str]]:
    """The slow ones, which run once; and the names of those that are not here."""
    found: dict[str, Variant] = {}
    tools = {"Hurl": peers.hurl()}
    if work.count < _SLOW:
        found["httpx alone, one client"] = peers.client("httpx")
    if in_flight < _MANY:  # for these it makes little difference how many may be in flight
        found["opscheck, -n 4"] = peers.opscheck("-n", "4")
        tools["goss"] = peers.goss()
        if work.count < _SLOW:
            found["pytest + httpx, one by one"] = peers.sequential()
    found |= {name: variant for name, variant in tools.items() if variant is not None}
    return found, [name for name, variant in tools.items() if variant is None]


def _rows(taken: Mapping[str, list[Run]]) -> list[tuple[object, ...]]:
    by_sketch = taken[SKETCH]
    rows = []
    for name, runs in taken.items():
        factor = ratio(runs, by_sketch) if len(runs) == len(by_sketch) else median(runs) / median(by_sketch)
        rows.append((name, median(runs), median_cpu(runs), len(runs), f"{spread(runs):.0%}", f"{factor:.2f}"))
    return sorted(rows, key=lambda row: str(row[0]) != OURS)
