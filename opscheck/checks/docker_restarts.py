"""No container crashes and is started again, over and over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opscheck.checks._docker import listed, named
from opscheck.checks._words import degraded, failed, passed
from opscheck.model import Verdict
from opscheck.model.docker import Container, DockerContainers
from opscheck.registry import check

_HOUR: Final = 3600.0


@check(
    "docker-restarts",
    promise="No container is in the middle of a restart, and none was restarted more often than its budget lately.",
    concern="docker",
    faults={
        "container-restarting": "it has crashed and its engine is about to start it again",
        "container-crash-loop": "it runs at this moment, after more restarts than its budget",
    },
    remedy="docker logs --tail 50 NAME shows why it ends; docker update --restart no NAME stops the loop meanwhile",
)
def docker_restarts(
    containers: DockerContainers, *, expected: Sequence[str] = (), most: int, calm_hours: float
) -> Verdict:
    """Judge the restarts since each container was made; one that has run for `calm_hours` since has recovered."""
    promised = f"at most {most} restarts, and nobody restarting"
    found = containers.among(expected)
    restarted = sorted((one for one in found if one.restarts), key=lambda one: -one.restarts)
    observed = listed(f"{named(one)} {one.restarts} restarts" for one in restarted) or "no container was restarted"
    restarting = [one for one in found if one.state == "restarting"]
    if restarting:
        reason = f"crashed and restarting: {listed(_crash(one) for one in restarting)}"
        return failed(reason, expected=promised, observed=observed)
    over = [one for one in restarted if one.restarts > most]
    fresh = [one for one in over if one.state == "running" and _age(one, containers) < calm_hours * _HOUR]
    if fresh:
        reason = f"restarted more often than {most} times: {listed(_crash(one) for one in fresh)}"
        return failed(reason, expected=promised, observed=observed)
    if over:
        reason = f"restarted more often than {most} times, though not lately: {listed(named(one) for one in over)}"
        return degraded(reason, expected=promised, observed=observed)
    return passed("nothing crashes", expected=promised, observed=observed)


def _crash(one: Container) -> str:
    times = f"{one.restarts} restart{'' if one.restarts == 1 else 's'}"
    return f"{named(one)}, {times}, last exit code {one.exit_code}"


def _age(one: Container, containers: DockerContainers) -> float:
    return (containers.at - one.started).total_seconds() if one.started else 0.0
