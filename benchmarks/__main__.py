"""`python -m benchmarks [NAME...] [--quick]`."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from importlib.metadata import entry_points
from typing import Protocol

from benchmarks import access_log, containers, cors, faults, flat, history, idle, probe, scale, sri, watch
from benchmarks.table import show


class Benchmark(Protocol):
    """Prints its tables."""

    def __call__(self, *, quick: bool) -> None:
        """Run."""


BENCHMARKS: dict[str, Benchmark] = {
    "idle": idle.main,
    "scale": scale.main,
    "flat": flat.main,
    "probe": probe.main,
    "cors": cors.main,
    "sri": sri.main,
    "access_log": access_log.main,
    "faults": faults.main,
    "history": history.main,
    "containers": containers.main,
    "watch": watch.main,
}


def main() -> int:
    """Run the benchmarks that were named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Side-by-side measurements.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one or more of: {', '.join(BENCHMARKS)}")
    parser.add_argument("--quick", action="store_true", help="fewer and smaller runs, under a minute in all")
    chosen = parser.parse_args()
    unknown = [name for name in chosen.names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {unknown[0]}; there are {', '.join(BENCHMARKS)}")
    if not any(entry.name == "opscheck" for entry in entry_points(group="pytest11")):
        parser.error("opscheck is not installed here: pip install -e . first, for its plugin is measured as installed")
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    show(f"Python {platform.python_version()}, {os.cpu_count()} cores, load before: {load}", "")
    for name in chosen.names or BENCHMARKS:
        began = time.monotonic()
        BENCHMARKS[name](quick=chosen.quick)
        show(f"({name} took {time.monotonic() - began:.0f} s)", "")
    return 0


if __name__ == "__main__":
    sys.exit(main())
