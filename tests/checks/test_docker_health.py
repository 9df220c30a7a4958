"""Health checks of containers."""

import pytest

from opscheck.checks.docker_health import docker_health
from opscheck.model import Outcome
from opscheck.model.docker import DockerContainers
from tests.checks.answers import refused
from tests.checks.docker import container, containers
from tests.checks.proofs import is_complete, red

ID = "docker-health"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        containers(container(health="healthy")),
        containers(container()),
        containers(container(state="exited", health="unhealthy")),  # its health was that of a life that is over
    ],
)
def test_what_is_healthy_passes(seen: DockerContainers) -> None:
    """So does what has no health check, or does not run."""
    assert docker_health(seen, starting_seconds=60).outcome is Outcome.PASS


def test_what_has_just_begun_is_degraded() -> None:
    """It may yet become either."""
    seen = containers(container(health="starting", minutes=0.5))

    assert docker_health(seen, starting_seconds=60).outcome is Outcome.DEGRADED


def test_others_than_the_expected_are_not_judged() -> None:
    """A machine may run what is nobody's business here."""
    seen = containers(container(), container("theirs", health="unhealthy"))

    assert docker_health(seen, expected=["web"], starting_seconds=60).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(
            ID,
            "container-unhealthy",
            containers(container(health="unhealthy", health_says="connection refused")),
            "connection refused",
        ),
        red(ID, "container-never-healthy", containers(container(health="starting", minutes=5)), "still starting"),
    ],
)
def test_a_fault_is_found(seen: DockerContainers, reason: str) -> None:
    """By the word of its health check, and by how long it takes."""
    verdict = docker_health(seen, starting_seconds=60)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """No engine is no verdict on its containers."""
    verdict = docker_health(refused(), starting_seconds=60)  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED
