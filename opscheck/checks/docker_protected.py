"""Every volume that is in use is on the list of those that no pruning may delete."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from opscheck.checks._docker import listed
from opscheck.checks._words import failed, passed, shown
from opscheck.model import Verdict
from opscheck.model.docker import DockerContainers, DockerVolumes
from opscheck.registry import check


@check(
    "docker-protected",
    promise="Every named volume that the system's containers mount, or that it relies on, is on the protected list.",
    concern="docker",
    faults={
        "volume-unprotected": "a volume with data is on no list: stop its container, and a prune deletes it",
        "protection-of-nothing": "an entry of the list matches no volume: what it was meant for lies open",
    },
    remedy="add it to expect.docker.protected and to STACK_PROTECT, or whatever list the pruning keeps to",
)
def docker_protected(
    volumes: DockerVolumes,
    containers: DockerContainers,
    *,
    expected: Sequence[str] = (),
    relied_on: Sequence[str] = (),
    protected: Sequence[str],
) -> Verdict:
    """Judge the list by what is mounted; `protected` are names or patterns, as STACK_PROTECT has them."""
    promised = f"every volume in use matches one of {', '.join(protected)}"
    used = dict(volumes.used_by(containers.among(expected)))
    every = sorted({*used, *(name for name in relied_on if volumes.named(name))})
    observed = f"in use: {listed(shown(name, 80)[1:-1] for name in every) or 'none'}"
    open_ = [name for name in every if not any(fnmatchcase(name, rule) for rule in protected)]
    if open_:
        told = listed(
            f"{shown(name, 80)[1:-1]}" + (f" of {shown(used[name], 60)[1:-1]}" if name in used else "")
            for name in open_
        )
        return failed(f"not on the list of protected volumes: {told}", expected=promised, observed=observed)
    idle = [rule for rule in protected if not any(fnmatchcase(one.name, rule) for one in volumes.every)]
    if idle:
        reason = f"the list protects what is not there: {listed(idle)}"
        return failed(reason, expected=promised, observed=observed, remedy="correct or drop the entry of the list")
    return passed("every volume in use is protected", expected=promised, observed=observed)
