"""The Mongo server can be written to."""

import pytest

from opscheck.checks.mongo_primary import mongo_primary
from opscheck.model import Outcome
from opscheck.model.store import StoreSession
from tests.checks.answers import refused
from tests.checks.proofs import is_complete, red
from tests.checks.stores import bad, good, store

ID = "mongo-primary"


def mongo(w: object = "majority", **hello: object) -> StoreSession:
    """A server that says this of itself."""
    return store("mongo", good("hello", **hello), good("login"), good("write_concern", w=w))


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        mongo(isWritablePrimary=True, setName="rs0"),
        mongo(1, isWritablePrimary=True),
        store("mongo", good("hello", isWritablePrimary=True), good("login"), bad("write_concern", "59")),
    ],
)
def test_the_writable_primary_passes(seen: StoreSession) -> None:
    """In a set or alone, also where the write concern cannot be asked for."""
    assert mongo_primary(seen).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(
            ID,
            "mongo-not-primary",
            mongo(isWritablePrimary=False, secondary=True, primary="db1:27017"),
            "a secondary; the primary is 'db1:27017'",
        ),
        red(ID, "mongo-not-primary", mongo(isWritablePrimary=True, readOnly=True), "read-only", name="read-only"),
        red(ID, "mongo-unacknowledged", mongo(0, isWritablePrimary=True), "not acknowledged"),
    ],
)
def test_a_fault_is_found(seen: StoreSession, reason: str) -> None:
    """What the server is, and who the primary is."""
    verdict = mongo_primary(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """Neither a refused connection nor a server that does not greet is a verdict."""
    assert mongo_primary(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it
    assert mongo_primary(store("mongo", bad("hello", "59"))).outcome is Outcome.UNMEASURED
