"""Containers that have a health check are healthy by it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from opscheck.checks._docker import counted, listed, named
from opscheck.checks._words import degraded, failed, passed, seconds_text, shown
from opscheck.model import Verdict
from opscheck.model.docker import Container, DockerContainers
from opscheck.registry import check

_EXPECTED: Final = "every container that runs and has a health check is healthy"


@check(
    "docker-health",
    promise="Every container that has a health check is healthy by it, and is so within its time after a start.",
    concern="docker",
    faults={
        "container-unhealthy": "its own health check fails",
        "container-never-healthy": "it still starts, longer after its start than it may take",
    },
    remedy="docker inspect --format '{{json .State.Health.Log}}' NAME shows what the health check said",
)
def docker_health(containers: DockerContainers, *, expected: Sequence[str] = (), starting_seconds: float) -> Verdict:
    """Judge the health of the containers that run; without a health check there is nothing to judge."""
    running = [one for one in containers.among(expected) if one.state == "running"]
    observed = counted(Counter(one.health or "without a health check" for one in running))
    sick = [one for one in running if one.health == "unhealthy"]
    if sick:
        reason = f"unhealthy: {listed(_told(one) for one in sick)}"
        return failed(reason, expected=_EXPECTED, observed=observed)
    starting = [one for one in running if one.health == "starting"]
    late = [one for one in starting if _age(one, containers) > starting_seconds]
    if late:
        ages = listed(f"{named(one)} for {seconds_text(_age(one, containers))}" for one in late)
        reason = f"still starting: {ages}; {seconds_text(starting_seconds)} are allowed"
        return failed(reason, expected=_EXPECTED, observed=observed)
    if starting:
        reason = f"still starting: {listed(named(one) for one in starting)}"
        return degraded(reason, expected=_EXPECTED, observed=observed, remedy="wait until its health check has passed")
    return passed("no health check fails", expected=_EXPECTED, observed=observed)


def _told(one: Container) -> str:
    return named(one) + (f", whose health check says {shown(one.health_says, 80)}" if one.health_says else "")


def _age(one: Container, containers: DockerContainers) -> float:
    """Seconds since it was started."""
    return (containers.at - one.started).total_seconds() if one.started else 0.0
