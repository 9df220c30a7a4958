"""Whose containers these are: every object carries its owner, so that what a killed run left is known as such."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path
from typing import Final

from opscheck.processes import alive

SET: Final = "opscheck.containers"  # which containers, network and volume belong together
OWNER: Final = "opscheck.containers.owner"
KEPT: Final = "opscheck.containers.kept"  # with --ops-keep: the fingerprint; such a set has no owner
PLACE: Final = "opscheck.containers.place"  # which folder of which user they were started from
PART: Final = "opscheck.containers.part"


def owner() -> str:
    """This process, told from every other one that had its number: `pid:start:boot:machine`."""
    return f"{os.getpid()}:{_started(os.getpid())}:{_boot()}:{socket.gethostname()}"


def gone(named: str) -> bool:
    """The owner that a label names is no more. Of other machines that use the same engine nothing is known."""
    pid, _, rest = named.partition(":")
    started, _, rest = rest.partition(":")
    boot, _, machine = rest.partition(":")
    if machine != socket.gethostname() or not pid.isdigit():
        return False
    return boot != _boot() or not alive(int(pid)) or started != _started(int(pid))


def place(folder: Path) -> str:
    """Which user's folder a run is in: kept containers are used again from the same one only."""
    uid = os.getuid() if hasattr(os, "getuid") else 0
    return hashlib.sha256(f"{uid}:{socket.gethostname()}:{folder}".encode()).hexdigest()[:16]


def _started(pid: int) -> str:
    """When the process began, in ticks since the machine's start; empty where that cannot be told."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def _boot() -> str:
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
