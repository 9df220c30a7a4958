"""Mongo, or what speaks its protocol."""

import pytest

from opscheck.checks.mongo_indexes import mongo_indexes
from opscheck.checks.mongo_primary import mongo_primary
from opscheck.checks.store_login import store_login

pytestmark = pytest.mark.infra


def test_mongo_lets_us_in(mongo_store, expect):
    """The login of the system gets in and may read; a ping alone would need no login."""
    expect(store_login(mongo_store))


def test_mongo_is_the_writable_primary(mongo_store, expect):
    """The server takes writes, and acknowledges them."""
    expect(mongo_primary(mongo_store))


def test_mongo_has_its_indexes(mongo_indexed, ops_host, expect):
    """Every index that queries rely on is there."""
    expect(mongo_indexes(mongo_indexed, indexes=ops_host.settings["mongo"]["indexes"]))
