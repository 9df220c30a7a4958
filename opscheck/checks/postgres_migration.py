"""The schema of the database is the one that the release expects."""

from __future__ import annotations

from opscheck.checks._stores import not_told
from opscheck.checks._words import failed, passed, shown
from opscheck.model import Verdict
from opscheck.model.store import StoreSession
from opscheck.registry import check


@check(
    "postgres-migration",
    promise="The head of the migrations in the database is the one that the release expects.",
    concern="infra",
    faults={
        "migration-behind": "the database has another head than the release: a migration was not run",
        "migration-table-missing": "no migration was ever run in this database",
    },
    remedy="run the migrations of the release (alembic upgrade head), then compare again",
)
def postgres_migration(store: StoreSession, *, head: str) -> Verdict:
    """Compare the recorded head with the expected one."""
    expected = f"head {head}"
    step = store.step("migration")
    if step is None:
        return not_told(store, "the migrations could not be looked at: the login came first", expected=expected)
    if not step.ok:
        if step.code == "42P01":
            return failed("no migration was ever run here", expected=expected, observed="the table does not exist")
        return not_told(store, f"the migrations could not be read: code {step.code}", expected=expected)
    found = str(step.facts.get("head", ""))
    observed = f"head {shown(found)}"
    if found != head:
        told = f"the database is at {shown(found)}" if found else "the table of migrations is empty"
        return failed(told, expected=expected, observed=observed)
    return passed("the schema is the release's", expected=expected, observed=observed)
