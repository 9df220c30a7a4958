"""State lies where it outlives its container."""

import pytest

from opscheck.checks.docker_state import docker_state
from opscheck.model import Outcome
from opscheck.model.docker import Mount
from tests.checks.answers import refused
from tests.checks.docker import container, containers, volume
from tests.checks.proofs import is_complete, red

ID = "docker-state"
STATE = {"web": "/app/data/"}


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "mounts",
    [
        (volume("state", "/app/data"),),
        (volume("state", "/app"),),
        (volume("state", "/"),),
        (Mount("bind", "/srv/data", "/app/data"), Mount("tmpfs", "", "/app")),  # the deepest one counts
    ],
)
def test_a_volume_or_a_folder_passes(mounts: tuple[Mount, ...]) -> None:
    """Mounted there or above."""
    assert docker_state(containers(container(mounts=mounts)), state=STATE).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("mounts", "reason"),
    [
        red(ID, "state-in-the-container", (), "lies in the container itself"),
        red(ID, "state-in-the-container", (volume("x", "/app/data2"),), "itself", name="beside"),
        red(ID, "state-in-memory", (Mount("tmpfs", "", "/app"),), "is memory"),
        red(ID, "state-in-memory", (volume("x", "/app"), Mount("tmpfs", "", "/app/data")), "memory", name="deeper"),
        red(ID, "state-on-anonymous-volume", (volume("0a" * 32, "/app/data"),), "without a name"),
        red(ID, "state-read-only", (volume("state", "/app/data", writable=False),), "read-only"),
    ],
)
def test_a_fault_is_found(mounts: tuple[Mount, ...], reason: str) -> None:
    """By what holds the folder."""
    verdict = docker_state(containers(container(mounts=mounts)), state=STATE)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_is_not_there_is_unmeasured() -> None:
    """Neither no engine nor no container says where state lies."""
    verdict = docker_state(refused(), state=STATE)  # type: ignore[arg-type] # the registry answers for it

    assert verdict.outcome is Outcome.UNMEASURED
    assert docker_state(containers(container("other")), state=STATE).outcome is Outcome.UNMEASURED
