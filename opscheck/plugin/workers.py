"""pytest-xdist: what the controller hands to its workers, and what they hand back."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pytest

_INPUT: Final = "opscheck"
FOLDER: pytest.StashKey[Path] = pytest.StashKey()
STARTED: pytest.StashKey[datetime] = pytest.StashKey()
RUN_ID: pytest.StashKey[str] = pytest.StashKey()
FAILED: pytest.StashKey[bool] = pytest.StashKey()  # tests did, so what they ran on has something to tell
KEPT: pytest.StashKey[list[str]] = pytest.StashKey()  # lines on what was kept of it


@dataclass(frozen=True, slots=True)
class Worker:
    """This process is a worker.

    Attributes:
        folder: where the workers of this machine share what they saw; None on a machine of its own.
    """

    run_id: str
    count: int
    rank: int
    folder: Path | None


def worker_of(config: pytest.Config) -> Worker | None:
    """What the controller told this worker; None in a process that is none."""
    given = getattr(config, "workerinput", None)
    if given is None:
        return None
    told = given.get(_INPUT, {})
    folder = Path(told.get("folder", ""))
    token = told.get("token", "")
    shared = bool(token) and (folder / "token").is_file() and (folder / "token").read_text() == token
    name = str(given.get("workerid", "gw0"))
    rank = int(name.removeprefix("gw")) if name.removeprefix("gw").isdigit() else 0
    count = int(given.get("workercount", 1))
    return Worker(str(told.get("run_id", "")), count, rank % count, folder if shared else None)


def tell_worker(config: pytest.Config, workerinput: dict[str, Any], *, here: bool) -> None:
    """Controller: let a new worker know where the workers of this machine meet; one elsewhere works on its own."""
    workerinput[_INPUT] = {"run_id": run_id_of(config)}
    if not here:
        return
    if FOLDER not in config.stash:
        folder = Path(tempfile.mkdtemp(prefix="opscheck-"))
        (folder / "token").write_text(os.urandom(16).hex())
        config.stash[FOLDER] = folder
    folder = config.stash[FOLDER]
    workerinput[_INPUT] |= {"folder": str(folder), "token": (folder / "token").read_text()}


def run_id_of(config: pytest.Config) -> str:
    """When the run began and what tells it from others; made once, in the process that reports."""
    if RUN_ID not in config.stash:
        config.stash[RUN_ID] = f"{time.strftime('%Y%m%dT%H%M%SZ', time.gmtime())}-{os.urandom(3).hex()}"
    return config.stash[RUN_ID]


def forget_workers(config: pytest.Config) -> None:
    """Controller: the run is over; nothing that was shared stays behind."""
    folder = config.stash.get(FOLDER, None)
    if folder is not None:
        from opscheck.hosts import end_shared  # noqa: PLC0415 - only a distributed run started something shared

        for line in end_shared(folder, failed=config.stash.get(FAILED, False)):
            config.get_terminal_writer().line(line)
        shutil.rmtree(folder, ignore_errors=True)


def by_host(nodeid: str, hosts: Sequence[str]) -> str:
    """The host in a node id: the unit that is sent to a machine of its own.

    >>> by_host("suites/smoke/test_chat.py::test_chat[prod-eu-GET]", ["prod", "prod-eu"])
    'prod-eu'
    """
    _, bracket, inside = nodeid.rpartition("[")
    named = [host for host in hosts if bracket and (inside == f"{host}]" or inside.startswith(f"{host}-"))]
    return max(named, key=len, default=nodeid)
