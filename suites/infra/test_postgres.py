"""Postgres."""

import pytest

from opscheck.checks.postgres_health import postgres_health
from opscheck.checks.postgres_migration import postgres_migration
from opscheck.checks.store_login import store_login

pytestmark = pytest.mark.infra


def test_postgres_lets_us_in(postgres_store, expect):
    """The login of the system gets in and may read."""
    expect(store_login(postgres_store))


def test_postgres_is_well(postgres_store, expect):
    """It takes writes and has connections left."""
    expect(postgres_health(postgres_store))


def test_the_schema_is_the_release_s(postgres_migrated, ops_host, expect):
    """The head of the migrations is the one that the release expects."""
    expect(postgres_migration(postgres_migrated, head=ops_host.settings["postgres"]["head"]))
