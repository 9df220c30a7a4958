"""From start to ready: embedded, containers that are new, containers that were kept, and the stack's `up --wait`."""

from __future__ import annotations

import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import chdir
from pathlib import Path

import pytest

from benchmarks.table import show, table
from benchmarks.timing import ROOT, Broken
from opscheck.hosts import bring_up
from opscheck.inventory import Inventory, select
from tests.containers.images import EDGE, SERVICE, edge_image, service_image
from tests.parts.docker_engine import DockerEngine
from tests.parts.process import free_port


def main(*, quick: bool = False, rounds: int = 5) -> None:
    """Print seconds until all parts answer, in turns; without an engine, and root to start one, only why not."""
    with (
        tempfile.TemporaryDirectory(prefix="opscheck-bench-") as place,
        chdir(place),
        pytest.MonkeyPatch.context() as patch,
    ):
        try:
            with DockerEngine(Path(place)) as engine:
                for name, value in engine.environment.items():
                    patch.setenv(name, value)
                service_image(engine)
                edge_image(engine, Path(place))
                show(_measured(1 if quick else rounds), "")
        except pytest.skip.Exception as absent:
            show(f"containers: {absent}", "")


def _measured(rounds: int) -> str:
    ways: Mapping[str, Callable[[], float]] = {
        "containers, new": lambda: _up("containers"),
        "containers, kept": _kept,
        "embedded": lambda: _up("embedded"),
        "stack up --wait, with edge": _stack,
    }
    taken: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, way in ways.items():
            taken[name].append(way())
    new = statistics.median(taken["containers, new"])
    rows = [
        (name, statistics.median(runs), min(runs), max(runs), statistics.median(runs) / new)
        for name, runs in taken.items()
    ]
    title = f"containers: seconds from start to ready, images there; median of {rounds} in turns"
    return table(title, ("way", "seconds", "best", "worst", "of new ones"), rows)


def _up(host: str, *, keep: bool = False) -> float:
    began = time.monotonic()
    inventory = Inventory(hosts={"containers": {"images": {"service": SERVICE}}})
    running = bring_up(select([host], inventory), keep=keep)
    seconds = time.monotonic() - began
    running.down()
    if running.failed:
        raise Broken(running.failed[host].detail)
    return seconds


def _kept() -> float:
    _up("containers", keep=True)
    seconds = _up("containers", keep=True)
    _up("containers")  # and takes them down
    return seconds


def _stack() -> float:
    ports = {name: str(free_port()) for name in ("AGENT_PORT", "WEBFETCH_PORT", "EDGE_PORT")}
    images = {"AGENT_IMAGE": SERVICE, "EDGE_IMAGE": EDGE}
    name = {"STACK_PROJECT_NAME": f"opsbench-{secrets.token_hex(3)}", "PYTHONPATH": str(ROOT)}
    env = {**os.environ, **ports, **images, **name}

    def stack(*words: str) -> None:
        command = [sys.executable, "-m", "service.stack", *words]
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise Broken(done.stderr)

    began = time.monotonic()
    try:
        stack("up", "--wait")
        return time.monotonic() - began
    finally:
        stack("down", "--remove-volumes")
