"""The schema is the one that the release expects."""

import pytest

from opscheck.checks.postgres_migration import postgres_migration
from opscheck.model import Outcome
from opscheck.model.store import Step, StoreSession
from tests.checks.answers import refused
from tests.checks.proofs import is_complete, red
from tests.checks.stores import bad, good, store

ID = "postgres-migration"
HEAD = "9f2c41d0aa17"


def migrated(step: Step) -> StoreSession:
    """A database whose migrations answer like this."""
    return store("postgres", good("login"), good("read"), step)


@pytest.mark.proof(check=ID, outcome="PASS")
def test_the_release_s_head_passes() -> None:
    """The recorded head is the expected one."""
    assert postgres_migration(migrated(good("migration", head=HEAD)), head=HEAD).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        red(ID, "migration-behind", good("migration", head="0c1d"), "the database is at '0c1d'"),
        red(ID, "migration-behind", good("migration", head=""), "the table of migrations is empty", name="empty"),
        red(ID, "migration-table-missing", bad("migration", "42P01"), "no migration was ever run"),
    ],
)
def test_a_fault_is_found(step: Step, reason: str) -> None:
    """Where the database is, and where it should be."""
    verdict = postgres_migration(migrated(step), head=HEAD)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize(
    "seen", [refused(), store("postgres", bad("login", "28P01")), migrated(bad("migration", "42501"))]
)
def test_what_could_not_be_read_is_unmeasured(seen: StoreSession) -> None:
    """A table that may not be read is no verdict on its row."""
    assert postgres_migration(seen, head=HEAD).outcome is Outcome.UNMEASURED
