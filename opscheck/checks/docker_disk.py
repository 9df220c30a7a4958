"""The engine has room on its disk, and keeps no more than it may."""

from __future__ import annotations

from typing import Final

from opscheck.checks._words import failed, passed
from opscheck.model import Verdict
from opscheck.model.docker import DockerDisk
from opscheck.registry import check

_GB: Final = 1e9


@check(
    "docker-disk",
    promise="The engine's disk is not nearly full, and its images, volumes and build cache are within their budgets.",
    concern="docker",
    faults={
        "disk-nearly-full": "the file system below the engine's data is fuller than its budget",
        "engine-keeps-too-much": "images, layers, volumes and cache together are more than their budget",
        "build-cache-too-large": "the build cache alone is more than its budget",
    },
    remedy="docker system df -v shows what; review before pruning (opscheck stack prune-review), volumes above all",
)
def docker_disk(disk: DockerDisk, *, percent: float, gigabytes: float, build_cache_gigabytes: float) -> Verdict:
    """Judge the sizes; a budget of 0 is none."""
    budgets = [
        f"disk at most {percent:g} % full" if percent else "",
        f"at most {gigabytes:g} GB kept" if gigabytes else "",
        f"build cache at most {build_cache_gigabytes:g} GB" if build_cache_gigabytes else "",
    ]
    promised = ", ".join(text for text in budgets if text) or "no budget"
    full = _full(disk)
    told = f", disk {full:.0f} % full" if full is not None else ", how full its disk is cannot be seen from here"
    observed = f"{disk.kept / _GB:.2f} GB kept, build cache {disk.build_cache / _GB:.2f} GB{told}"
    if percent and full is not None and full > percent:
        reason = f"the engine's disk is {full:.0f} % full, {percent:g} % are allowed"
        return failed(reason, expected=promised, observed=observed)
    if build_cache_gigabytes and disk.build_cache > build_cache_gigabytes * _GB:
        reason = f"the build cache holds {disk.build_cache / _GB:.2f} GB, {build_cache_gigabytes:g} GB are allowed"
        remedy = "docker builder prune --keep-storage 2GB: nothing but the next build's time is lost"
        return failed(reason, expected=promised, observed=observed, remedy=remedy)
    if gigabytes and disk.kept > gigabytes * _GB:
        reason = f"the engine keeps {disk.kept / _GB:.2f} GB, {gigabytes:g} GB are allowed"
        return failed(reason, expected=promised, observed=observed)
    return passed("within its budgets", expected=promised, observed=observed)


def _full(disk: DockerDisk) -> float | None:
    """Per cent of the file system that are used; None where it is on another machine."""
    if not disk.total or disk.free is None:
        return None
    return (disk.total - disk.free) * 100 / disk.total
