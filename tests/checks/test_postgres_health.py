"""Postgres can be relied on."""

import pytest

from opscheck.checks.postgres_health import postgres_health
from opscheck.model import Outcome
from opscheck.model.store import Step, StoreSession
from tests.checks.answers import refused
from tests.checks.proofs import is_complete, red
from tests.checks.stores import bad, good, store

ID = "postgres-health"
WRITES = good("write")


def postgres(write: Step = WRITES, **state: object) -> StoreSession:
    """A server that says this of itself."""
    told = {"version": "15.4", "recovering": False, "read_only": False, "connections": 3, "max_connections": 100}
    return store("postgres", good("login"), good("read"), good("state", **(told | state)), write)


@pytest.mark.proof(check=ID, outcome="PASS")
def test_a_postgres_that_is_well_passes() -> None:
    """It takes writes and has connections left."""
    assert postgres_health(postgres()).outcome is Outcome.PASS


def test_few_connections_left_is_degraded() -> None:
    """Ninety per cent is told before it is all."""
    assert postgres_health(postgres(connections=95)).outcome is Outcome.DEGRADED


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "postgres-read-only", postgres(recovering=True), "a standby in recovery"),
        red(ID, "postgres-read-only", postgres(read_only=True), "read-only by its settings", name="by-settings"),
        red(ID, "postgres-cannot-write", postgres(bad("write", "53100", "disk full")), "fails with code 53100"),
    ],
)
def test_a_fault_is_found(seen: StoreSession, reason: str) -> None:
    """By what the server says of itself, and by a write that is rolled back."""
    verdict = postgres_health(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), store("postgres", bad("login", "28P01"))])
def test_what_was_not_reached_is_unmeasured(seen: StoreSession) -> None:
    """Neither a refused connection nor a refused login is a verdict on its health."""
    assert postgres_health(seen).outcome is Outcome.UNMEASURED
