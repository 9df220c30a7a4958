"""Volumes in use are on the protected list."""

import pytest

from opscheck.checks.docker_protected import docker_protected
from opscheck.model import Outcome
from opscheck.model.docker import DockerContainers
from tests.checks.answers import refused
from tests.checks.docker import container, containers, volume, volumes
from tests.checks.proofs import is_complete, red

ID = "docker-protected"
THERE = volumes(app_state=("web",), app_models=())
ANONYMOUS = volume("0" * 64, "/tmp/x")  # noqa: S108 - a path inside a container
USED = containers(container(mounts=(volume("app_state", "/data"), ANONYMOUS)))


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("protected", [["app_state"], ["app_*"], ["*_state", "app_models"]])
def test_what_is_on_the_list_passes(protected: list[str]) -> None:
    """By name or pattern; a volume without a name is nobody's to protect."""
    assert docker_protected(THERE, USED, protected=protected).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("used", "protected", "reason"),
    [
        red(ID, "volume-unprotected", USED, ["app_models"], "app_state of web"),
        red(ID, "volume-unprotected", containers(), ["app_state"], "app_models", name="relied-on-and-not-mounted"),
        red(ID, "protection-of-nothing", USED, ["app_*", "ap_state"], "not there: ap_state"),
    ],
)
def test_a_fault_is_found(used: DockerContainers, protected: list[str], reason: str) -> None:
    """A volume beside the list, and a list beside the volumes."""
    verdict = docker_protected(THERE, used, relied_on=["app_models"] if not used.every else (), protected=protected)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """No engine is no verdict on its volumes."""
    verdict = docker_protected(refused(), USED, protected=["*"])  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED
