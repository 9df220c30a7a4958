"""The indexes that queries rely on are there."""

import pytest

from opscheck.checks.mongo_indexes import mongo_indexes
from opscheck.model import Outcome
from opscheck.model.store import StoreSession
from tests.checks.answers import refused
from tests.checks.proofs import is_complete, red
from tests.checks.stores import bad, good, store

ID = "mongo-indexes"
WANTED = ["tasks: status, created_at", "users: email"]


def indexed(**collections: list[list[str]]) -> StoreSession:
    """A server with these indexes."""
    listed = {name: [{"name": "+".join(keys), "keys": keys} for keys in every] for name, every in collections.items()}
    return store("mongo", good("login"), good("indexes", **listed))


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        indexed(tasks=[["_id"], ["status", "created_at"]], users=[["email"]]),
        indexed(tasks=[["status", "created_at", "owner"]], users=[["email", "tenant"]]),  # more fields behind
    ],
)
def test_indexes_that_are_there_pass(seen: StoreSession) -> None:
    """Exactly, or as the beginning of a longer one."""
    assert mongo_indexes(seen, indexes=WANTED).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "seen",
    [
        red(ID, "mongo-index-missing", indexed(tasks=[["_id"]], users=[["email"]])),
        red(
            ID, "mongo-index-missing", indexed(tasks=[["created_at", "status"]], users=[["email"]]), name="other-order"
        ),
        red(ID, "mongo-index-missing", indexed(users=[["email"]]), name="no-collection"),
    ],
)
def test_a_fault_is_found(seen: StoreSession) -> None:
    """The collection and the fields are named, as they would be created."""
    verdict = mongo_indexes(seen, indexes=WANTED)

    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "tasks has no index on status + created_at"
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), store("mongo", good("login"), bad("indexes", "13")), store("mongo")])
def test_what_could_not_be_listed_is_unmeasured(seen: StoreSession) -> None:
    """A login that may not look is no verdict on what is there."""
    assert mongo_indexes(seen, indexes=WANTED).outcome is Outcome.UNMEASURED
