"""The engine's disk and its budgets."""

import pytest

from opscheck.checks.docker_disk import docker_disk
from opscheck.model import Outcome, Verdict
from opscheck.model.docker import DockerDisk
from tests.checks.answers import refused
from tests.checks.docker import disk
from tests.checks.proofs import is_complete, red

ID = "docker-disk"


def judged(seen: DockerDisk) -> Verdict:
    """By some budget."""
    return docker_disk(seen, percent=90, gigabytes=50, build_cache_gigabytes=5)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("seen", [disk(), disk(percent=None), disk(percent=90, kept=50, cache=5)])
def test_what_is_within_its_budgets_passes(seen: DockerDisk) -> None:
    """A disk of another machine cannot be looked at, and the rest can."""
    assert judged(seen).outcome is Outcome.PASS


def test_a_budget_of_zero_is_none() -> None:
    """So it is told."""
    verdict = docker_disk(disk(percent=99, kept=1000, cache=900), percent=0, gigabytes=0, build_cache_gigabytes=0)

    assert (verdict.outcome, verdict.expected) == (Outcome.PASS, "no budget")


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "disk-nearly-full", disk(percent=96), "96 % full, 90 % are allowed"),
        red(ID, "engine-keeps-too-much", disk(kept=60), "keeps 60.00 GB, 50 GB are allowed"),
        red(ID, "build-cache-too-large", disk(kept=60, cache=6), "build cache holds 6.00 GB"),
    ],
)
def test_a_fault_is_found(seen: DockerDisk, reason: str) -> None:
    """What can be thrown away most easily is told first."""
    verdict = judged(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """No engine is no verdict on its disk."""
    assert judged(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
