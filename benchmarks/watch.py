"""The watcher over many hosts: how late its rounds begin, what they cost, and whether memory stays where it is."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from benchmarks.server import Server
from benchmarks.suites import Work, ours
from benchmarks.table import show, table
from benchmarks.timing import ROOT
from opscheck.history import open_history
from opscheck.redact import Redactor
from opscheck.watch.clock import Clock, Stop
from opscheck.watch.process_rounds import ProcessRounds
from opscheck.watch.running import Around, watch
from opscheck.watch.setup import read_setup

_TICK: Final = os.sysconf("SC_CLK_TCK")
_LOOK: Final = 0.25  # seconds between two looks


@dataclass
class Looks:
    """What was seen of a watch while it ran.

    Attributes:
        late: seconds by which each round began late.
        watcher_kb: the watcher's memory after each round.
        rounds_kb: the most memory of each round's process, by process id.
        cpu, cpu_rounds: processor seconds of the watcher itself, and of the rounds that have ended.
        page, metrics: seconds that one request took, one for each round.
    """

    late: list[float] = field(default_factory=list)
    watcher_kb: list[int] = field(default_factory=list)
    rounds_kb: dict[int, int] = field(default_factory=dict)
    cpu: float = 0.0
    cpu_rounds: float = 0.0
    page: list[float] = field(default_factory=list)
    metrics: list[float] = field(default_factory=list)


def main(*, quick: bool = False, hosts: int = 200, checks: int = 20, seconds: float = 120.0, every: int = 30) -> None:
    """Print lateness, processor time and memory of a watch of `seconds`."""
    hosts, seconds = (20, 60.0) if quick else (hosts, seconds)
    with tempfile.TemporaryDirectory(prefix="opscheck-bench-") as name, Server(delay=0.05, hosts=hosts) as server:
        folder = ours(Path(name) / "suite", Work(hosts * checks, hosts, server.port), 64)
        looks, said = _watched(folder, seconds, every)
        size = (folder / "history.sqlite").stat().st_size
    _tell(looks, f"watch: {hosts} hosts x {checks} checks every {every} s for {seconds:g} s", size)
    show(*(f"  {line}" for line in said[-4:]), "")


def _watched(folder: Path, seconds: float, every: int) -> tuple[Looks, list[str]]:
    looks = Looks()
    with _started(folder, seconds, every) as (process, url):
        seen = 0
        while process.poll() is None:
            time.sleep(_LOOK)
            with suppress(OSError, ValueError):
                _look(process.pid, looks)
                status = json.loads(_get(f"{url}/status.json")[0])["watch"]
                if status["rounds"] > seen:
                    seen = status["rounds"]
                    looks.late.append(status["late_s"])
                    looks.watcher_kb.append(_status(process.pid, "VmRSS"))
                    looks.page.append(_get(f"{url}/")[1])
                    looks.metrics.append(_get(f"{url}/metrics")[1])
        said = process.stdout.read().splitlines() if process.stdout else []
    return looks, said


@contextmanager
def _started(folder: Path, seconds: float, every: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-m", "benchmarks.watch", str(folder), f"{seconds:g}", str(every)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line.startswith("serving "):
            raise RuntimeError(f"the watch did not start: {line}{process.stdout.read() if process.stdout else ''}")
        yield process, line.split()[1].rstrip("/")
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        if process.stdout is not None:
            process.stdout.close()


def _watch(folder: Path, seconds: float, every: int) -> int:
    """The watch itself, over the suite in a folder alone: `opscheck run` would add its own."""
    os.chdir(folder)
    setup = replace(read_setup(["-m", "smoke"], every=f"{every}s", length=f"{seconds:g}s"), serve=("127.0.0.1", 0))

    def rounds(stop: Stop, clock: Clock) -> ProcessRounds:
        program = (sys.executable, "-m", "pytest")
        return ProcessRounds(setup.arguments, limit=setup.limit, clock=clock, stop=stop, program=program)

    def say(line: str) -> None:
        show(line)

    return watch(setup, Around(say, Redactor(), lambda: open_history(folder / "history.sqlite"), rounds=rounds))


def _look(pid: int, looks: Looks) -> None:
    """Processor time so far, and the memory of the round that is under way."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    looks.cpu = (int(fields[11]) + int(fields[12])) / _TICK
    looks.cpu_rounds = (int(fields[13]) + int(fields[14])) / _TICK
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with suppress(OSError, ValueError):
            looks.rounds_kb[int(child)] = max(looks.rounds_kb.get(int(child), 0), _status(int(child), "VmHWM"))


def _status(pid: int, name: str) -> int:
    """Kilobytes, by the kernel's account; a ValueError for a process that has ended."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next((line.split()[1] for line in lines if line.startswith(f"{name}:")), ""))


def _get(url: str) -> tuple[bytes, float]:
    began = time.perf_counter()
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 - the watch's own address
        body: bytes = answer.read()
    return body, time.perf_counter() - began


def _tell(looks: Looks, title: str, size: int) -> None:
    rounds = len(looks.late)
    memory = list(looks.rounds_kb.values())
    rows: list[tuple[Any, ...]] = [
        ("rounds", rounds),
        ("late, median (s)", statistics.median(looks.late)),
        ("late, most (s)", max(looks.late)),
        ("CPU of the watcher, a round (s)", looks.cpu / rounds),
        ("CPU of the round itself (s)", looks.cpu_rounds / rounds),
        ("memory of the watcher after round 2 (MB)", looks.watcher_kb[min(1, rounds - 1)] / 1024),
        ("  halfway", looks.watcher_kb[rounds // 2] / 1024),
        ("  after the last", looks.watcher_kb[-1] / 1024),
        ("memory of the first round (MB)", memory[0] / 1024),
        ("  of the last", memory[-1] / 1024),
        ("history on disk, a round (KB)", size / rounds / 1024),
        ("status page, made (s)", max(looks.page)),
        ("metrics (s)", max(looks.metrics)),
    ]
    show(table(title, ("what", "figure"), rows))


if __name__ == "__main__":
    sys.exit(_watch(Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])))
