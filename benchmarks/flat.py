"""Whether a check costs the same however many there are, and how much memory each keeps."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import Peers
from benchmarks.server import Server
from benchmarks.suites import Work
from benchmarks.table import show, table
from benchmarks.timing import Run, interleaved, median, median_cpu, peak_kb, spread

_EMPTY = "empty"
_OURS = "opscheck"


@dataclass(frozen=True, slots=True)
class Size:
    """The runs of one number of checks."""

    count: int
    taken: dict[str, list[Run]]

    def milliseconds(self, name: str, start: Size) -> float:
        """Wall milliseconds a check, above what a run of one check takes."""
        return (median(self.taken[name]) - median(start.taken[name])) / self.count * 1000

    def cpu(self, name: str, start: Size) -> float:
        """Processor milliseconds a check, above what a run of one check takes."""
        return (median_cpu(self.taken[name]) - median_cpu(start.taken[name])) / self.count * 1000

    def kilobytes(self, name: str) -> float:
        """Memory a check, above that of empty items."""
        return (peak_kb(self.taken[name]) - peak_kb(self.taken[_EMPTY])) / self.count

    def kept(self, name: str, start: Size) -> float:
        """The same without what a run of one check takes, such as imported code."""
        fixed = peak_kb(start.taken[name]) - peak_kb(start.taken[_EMPTY])
        return self.kilobytes(name) - fixed / self.count


def main(*, quick: bool = False, counts: tuple[int, ...] = (200, 2000, 10_000), rounds: int = 3) -> None:
    """Print time and memory a check by the number of checks."""
    counts = counts[:2] if quick else counts
    with tempfile.TemporaryDirectory(prefix="opscheck-bench-") as folder, Server(delay=0.0, hosts=1) as server:
        start, *sizes = [
            Size(count, _measure(Path(folder) / str(count), count, server.port, 1 if quick else rounds))
            for count in (1, *counts)
        ]
    names = (_OURS, _EMPTY)
    rows = [(f"{name}, {size.count:,}", *_times(size, name, start)) for name in names for size in sizes]
    head = ("one host, answers at once", "seconds", "ms a check", "CPU ms a check", "k", "spread")
    fixed = ", ".join(f"{name} {median(start.taken[name]):.2f} s" for name in names)
    show(table(f"flat: cost a check above that of a run of one check ({fixed})", head, rows))
    for size in sizes[1:]:
        less = sizes[0] if size.count <= 2000 else sizes[-2]
        ratio = size.cpu(_OURS, start) / less.cpu(_OURS, start)
        wall = size.milliseconds(_OURS, start) / less.milliseconds(_OURS, start)
        show(f"  opscheck, a check at {size.count:,} against one at {less.count:,}: {wall:.2f} wall, {ratio:.2f} CPU")
    memory = [
        (f"{size.count:,} checks", f"{size.kilobytes(_OURS):.1f}", f"{size.kept(_OURS, start):.1f}") for size in sizes
    ]
    titles = ("peak memory less that of as many empty items", "KB a check", "without the imports")
    show(table("flat: memory", titles, memory), "")


def _times(size: Size, name: str, start: Size) -> tuple[object, ...]:
    runs = size.taken[name]
    milliseconds, cpu = size.milliseconds(name, start), size.cpu(name, start)
    return median(runs), milliseconds, cpu, len(runs), f"{spread(runs):.0%}"


def _measure(folder: Path, count: int, port: int, rounds: int) -> dict[str, list[Run]]:
    folder.mkdir()
    peers = Peers(folder, Work(count, 1, port), 64)
    variants = {_OURS: peers.opscheck(), _EMPTY: peers.empty()}
    return interleaved(variants, rounds, seconds=40, warm=count == 1)
