"""Runs of whole processes, taken in turns: A B A B, so that whatever else the machine does falls on all alike."""

from __future__ import annotations

import os
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

ROOT: Final = Path(__file__).resolve().parent.parent
_TAIL: Final = 3000  # characters of a failed run's output that are shown


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took.

    Attributes:
        seconds: from its start to its end.
        cpu: seconds of processor time, user and system, with the children that it waited for.
        peak_kb: the most memory that it held.
        output: what it printed.
    """

    seconds: float
    cpu: float
    peak_kb: int
    output: str


Variant: TypeAlias = Callable[[], Run]


class Broken(Exception):
    """A measured process did not do what it was started for, so its time says nothing."""


def run(
    command: Sequence[str | Path],
    *,
    cwd: Path = ROOT,
    expect: str = "",
    environ: Mapping[str, str] | None = None,
    limit: float = 120.0,
) -> Run:
    """Start a process, wait for its end, and tell what it took.

    Args:
        expect: words that its output has to hold.
        limit: seconds after which it is killed.

    Raises:
        Broken: it failed, was killed, or did not print what was expected.
    """
    with tempfile.TemporaryFile("w+b") as printed:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command],
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=printed,
            stderr=subprocess.STDOUT,
            env={**_environment(), **(environ or {})},
        )
        watch = threading.Timer(limit, process.kill)
        watch.start()
        try:
            _, status, used = os.wait4(process.pid, 0)
        finally:
            watch.cancel()
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        output = printed.read().decode("utf-8", "replace")
    if process.returncode or expect not in output:
        words = " ".join(str(word) for word in command)[:300]
        raise Broken(f"{words}\nexit {process.returncode}, expected {expect!r} in:\n{output[-_TAIL:]}")
    return Run(seconds, used.ru_utime + used.ru_stime, used.ru_maxrss, output)


def _environment() -> dict[str, str]:
    """The user's, without what would change a measured pytest."""
    dropped = ("PYTEST_", "OPSCHECK_", "COV_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, "NO_COLOR": "1", "PYTHONHASHSEED": "0", "OPSCHECK_HISTORY": "off"}


def interleaved(
    variants: Mapping[str, Variant], rounds: int, *, seconds: float = 600.0, warm: bool = True
) -> dict[str, list[Run]]:
    """Run all variants once, again and again, every other time in reverse.

    Args:
        rounds: how often.
        seconds: no round begins that would probably end later than this; the first one always runs.
        warm: run each once beforehand, uncounted, for byte code and file caches.
    """
    began = time.monotonic()
    if warm:
        for variant in variants.values():
            variant()
    taken: dict[str, list[Run]] = {name: [] for name in variants}
    longest = 0.0
    for done in range(rounds):
        before = time.monotonic()
        if done and before + longest - began > seconds:
            break
        order = list(variants)
        for name in reversed(order) if done % 2 else order:  # whoever comes second finds warmer caches
            taken[name].append(variants[name]())
        longest = max(longest, time.monotonic() - before)
    return taken


def median(runs: Sequence[Run]) -> float:
    """The median of their seconds."""
    return statistics.median(one.seconds for one in runs)


def median_cpu(runs: Sequence[Run]) -> float:
    """The median of their processor seconds."""
    return statistics.median(one.cpu for one in runs)


def peak_kb(runs: Sequence[Run]) -> float:
    """The median of their peaks of memory."""
    return statistics.median(one.peak_kb for one in runs)


def ratio(ours: Sequence[Run], theirs: Sequence[Run]) -> float:
    """The median of the ratios within each round: what disturbs one round disturbs both of its runs."""
    return statistics.median(mine.seconds / other.seconds for mine, other in zip(ours, theirs, strict=True))


def spread(runs: Sequence[Run]) -> float:
    """How noisy: the largest less the smallest, as a part of the median."""
    seconds = [one.seconds for one in runs]
    return (max(seconds) - min(seconds)) / statistics.median(seconds)
