"""A store lets in who should get in."""

import pytest

from opscheck.checks.store_login import store_login
from opscheck.model import Outcome
from opscheck.model.store import Step
from tests.checks.answers import refused
from tests.checks.proofs import is_complete, red
from tests.checks.stores import bad, good, store

ID = "store-login"


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        ("mongo", (good("hello"), good("login"), good("read"))),
        ("redis", (good("login", pong=True), good("info"))),
        ("postgres", (good("login"), good("read"), bad("migration", "42P01"))),  # another check's finding
    ],
)
def test_a_login_that_gets_in_passes(kind: str, steps: tuple[Step, ...]) -> None:
    """Greeted, logged in, read."""
    assert store_login(store(kind, *steps)).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("kind", "steps", "reason"),
    [
        red(ID, "store-wrong-password", "postgres", (bad("login", "28P01"),), "wrong password"),
        red(ID, "store-wrong-password", "redis", (bad("login", "WRONGPASS"),), "login refused", name="redis-password"),
        red(ID, "store-login-missing", "redis", (bad("login", "NOAUTH"),), "a login is needed and none was given"),
        red(
            ID,
            "store-login-missing",
            "mongo",
            (good("hello"), good("login"), bad("read", "13", "Unauthorized")),  # a ping needs no login
            "reading needs a login that was not given",
            name="mongo-ping-is-no-proof",
        ),
        red(ID, "store-wrong-auth-source", "mongo", (good("hello"), bad("login", "18")), "login refused"),
        red(ID, "store-wrong-database", "postgres", (bad("login", "3D000"),), "the database does not exist"),
        red(ID, "store-wrong-password", "mongo", (good("hello"), bad("login", "999")), "login failed", name="unknown"),
    ],
)
def test_a_fault_is_found(kind: str, steps: tuple[Step, ...], reason: str) -> None:
    """By the store's own code, with what to compare."""
    verdict = store_login(store(kind, *steps))

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict on a login."""
    assert store_login(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
