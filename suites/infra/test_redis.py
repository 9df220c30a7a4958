"""Redis."""

import pytest

from opscheck.checks.redis_health import redis_health
from opscheck.checks.store_login import store_login

pytestmark = pytest.mark.infra


def test_redis_lets_us_in(redis_store, expect):
    """The login of the system gets in."""
    expect(store_login(redis_store))


def test_redis_is_well(redis_store, expect):
    """It is loaded, has room, and its last save was good."""
    expect(redis_health(redis_store))


def test_redis_keeps_what_it_is_given(redis_written, expect):
    """A value of our own is written, read back and removed."""
    expect(redis_health(redis_written))
