"""The volumes that hold what cannot be made again are there, and in use."""

from __future__ import annotations

from collections.abc import Sequence

from opscheck.checks._docker import listed
from opscheck.checks._words import failed, passed, shown
from opscheck.model import Verdict
from opscheck.model.docker import DockerVolumes
from opscheck.registry import check


@check(
    "docker-volumes",
    promise="Every volume that the host file names exists, and a container mounts it.",
    concern="docker",
    faults={
        "volume-missing": "the engine has no volume of that name: whatever mounted it starts empty",
        "volume-unmounted": "no container mounts it, so the next prune may delete it",
    },
    remedy="look for it under another project's name (docker volume ls); restore it from the backup where it is gone",
)
def docker_volumes(volumes: DockerVolumes, *, expected: Sequence[str]) -> Verdict:
    """Judge the volumes by their full names; a container that does not run still holds what it mounts."""
    promised = f"there and mounted: {', '.join(expected)}"
    missing = [name for name in expected if volumes.named(name) is None]
    found = [one for one in volumes.every if one.name in expected]
    told = [f"{shown(one.name, 80)[1:-1]} mounted by {len(one.users)}" for one in found]
    observed = f"{len(volumes.every)} volumes; {listed(told) or 'none of these'}"
    if missing:
        alike = [one.name for one in volumes.every if any(one.name.endswith(f"_{name}") for name in missing)]
        cause = f"under another name: {listed(shown(name, 80)[1:-1] for name in alike)}" if alike else ""
        reason = f"no volume of that name: {listed(missing)}"
        return failed(reason, expected=promised, observed=observed, likely_cause=cause)
    idle = [one.name for one in found if not one.users]
    if idle:
        reason = f"mounted by no container: {listed(shown(name, 80)[1:-1] for name in idle)}"
        remedy = "bring up what uses it (docker compose up -d) before anybody prunes volumes"
        return failed(reason, expected=promised, observed=observed, remedy=remedy)
    return passed("every volume is there and mounted", expected=promised, observed=observed)
