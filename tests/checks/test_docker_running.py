"""Expected containers are there and run."""

import pytest

from opscheck.checks.docker_running import docker_running
from opscheck.model import Outcome
from opscheck.model.docker import DockerContainers
from tests.checks.answers import refused
from tests.checks.docker import HOSTILE_NAME, container, containers
from tests.checks.proofs import is_complete, red

ID = "docker-running"
OTHER = container("db")


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        containers(container(), OTHER),
        containers(container("deploy-web-1", service="web")),
        containers(container("w-1", "exited", service="web"), container("w-2", service="web")),  # scaled
        containers(container(state="restarting")),  # told by another check
    ],
)
def test_what_runs_passes(seen: DockerContainers) -> None:
    """By its name or by that of its service; one of several is enough."""
    assert docker_running(seen, expected=["web"]).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "container-missing", containers(OTHER), "no container of that name: web"),
        red(ID, "container-missing", containers(container(HOSTILE_NAME)), "no container", name="hostile-names"),
        red(ID, "container-stopped", containers(container(state="exited", exit_code=137)), "ended with code 137"),
        red(ID, "container-stopped", containers(container(state="created")), "web is created", name="never-started"),
        red(ID, "container-stopped", containers(container(state="dead")), "web is dead", name="dead"),
        red(ID, "container-paused", containers(container(state="paused")), "web is paused"),
    ],
)
def test_a_fault_is_found(seen: DockerContainers, reason: str) -> None:
    """By the list, or by the state."""
    verdict = docker_running(seen, expected=["web"])

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """No engine is no verdict on its containers."""
    verdict = docker_running(refused(), expected=["web"])  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED
