"""The engine answers for itself."""

import pytest

from opscheck.checks.docker_engine import docker_engine
from opscheck.model import Outcome
from opscheck.model.docker import DockerEngine
from tests.checks.answers import refused
from tests.checks.docker import engine
from tests.checks.proofs import is_complete, red

ID = "docker-engine"
OPEN = "[DEPRECATION NOTICE]: API is accessible on http://127.0.0.1:2375 without encryption."


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("seen", [engine(), engine(warnings=("WARNING: No swap limit support",))])
def test_an_engine_that_is_well_passes(seen: DockerEngine) -> None:
    """What a kernel lacks is no business of a check."""
    assert docker_engine(seen).outcome is Outcome.PASS


def test_a_driver_that_is_given_up_is_degraded() -> None:
    """It works still."""
    seen = engine(warnings=("WARNING: the devicemapper storage-driver is deprecated",))

    assert docker_engine(seen).outcome is Outcome.DEGRADED


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "engine-is-none", engine(status=404, api="", info_status=0, said="<html>"), "no container engine"),
        red(ID, "engine-is-none", engine(api="", info_status=0), "no container engine", name="ok-without-version"),
        red(ID, "engine-is-none", engine(info_status=404), "no container engine", name="knows-no-info"),
        red(ID, "engine-failing", engine(status=500, info_status=0, api=""), "answers 500"),
        red(ID, "engine-failing", engine(info_status=503), "answers 503", name="info"),
        red(ID, "engine-open", engine(warnings=(OPEN,)), "whoever reaches it is root"),
    ],
)
def test_a_fault_is_found(seen: DockerEngine, reason: str) -> None:
    """By its ping, and by what it says of itself."""
    verdict = docker_engine(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """No engine is no verdict on the engine."""
    verdict = docker_engine(refused("prod:docker:permission"))  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED
    assert verdict.cause == "prod:docker:permission"


@pytest.mark.parametrize("status", [401, 403])
def test_a_proxy_that_lets_nobody_look_is_unmeasured(status: int) -> None:
    """It is no word of the engine's."""
    verdict = docker_engine(engine(info_status=status))

    assert verdict.outcome is Outcome.UNMEASURED
    assert "INFO=1" in verdict.remedy
