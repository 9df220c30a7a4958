"""Containers that crash and are started again."""

import pytest

from opscheck.checks.docker_restarts import docker_restarts
from opscheck.model import Outcome, Verdict
from opscheck.model.docker import DockerContainers
from tests.checks.answers import refused
from tests.checks.docker import container, containers
from tests.checks.proofs import is_complete, red

ID = "docker-restarts"


def judged(seen: DockerContainers) -> Verdict:
    """By the usual budget."""
    return docker_restarts(seen, most=3, calm_hours=24)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("seen", [containers(container()), containers(container(restarts=3)), containers()])
def test_what_stays_within_its_budget_passes(seen: DockerContainers) -> None:
    """A machine that was rebooted restarts everything once."""
    assert judged(seen).outcome is Outcome.PASS


def test_who_has_recovered_is_degraded() -> None:
    """It has run for two days since."""
    assert judged(containers(container(restarts=9, minutes=2880))).outcome is Outcome.DEGRADED


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(
            ID,
            "container-restarting",
            containers(container(state="restarting", restarts=1, exit_code=3)),
            "web, 1 restart, last exit code 3",
        ),
        red(ID, "container-crash-loop", containers(container(restarts=4, minutes=1)), "more often than 3 times"),
    ],
)
def test_a_fault_is_found(seen: DockerContainers, reason: str) -> None:
    """In the middle of it, or between two crashes."""
    verdict = judged(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """No engine is no verdict on its containers."""
    assert judged(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
