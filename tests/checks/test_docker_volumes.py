"""Volumes are there and mounted."""

import pytest

from opscheck.checks.docker_volumes import docker_volumes
from opscheck.model import Outcome
from opscheck.model.docker import DockerVolumes
from tests.checks.answers import refused
from tests.checks.docker import volumes
from tests.checks.proofs import is_complete, red

ID = "docker-volumes"


@pytest.mark.proof(check=ID, outcome="PASS")
def test_what_is_there_and_mounted_passes() -> None:
    """What else there is does not matter here."""
    assert docker_volumes(volumes(state=("web",), spare=()), expected=["state"]).outcome is Outcome.PASS


def test_a_volume_of_another_project_is_named() -> None:
    """Compose puts the project's name in front: a renamed folder loses every volume."""
    verdict = docker_volumes(volumes(old_state=("web",)), expected=["state"])

    assert "old_state" in verdict.likely_cause


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "volume-missing", volumes(other=()), "no volume of that name: state"),
        red(ID, "volume-unmounted", volumes(state=()), "mounted by no container: state"),
    ],
)
def test_a_fault_is_found(seen: DockerVolumes, reason: str) -> None:
    """By the engine's list, and by its containers."""
    verdict = docker_volumes(seen, expected=["state"])

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """No engine is no verdict on its volumes."""
    verdict = docker_volumes(refused(), expected=["state"])  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED
