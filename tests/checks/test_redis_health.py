"""Redis can be relied on."""

import pytest

from opscheck.checks.redis_health import redis_health
from opscheck.model import Outcome
from opscheck.model.store import Step, StoreSession
from tests.checks.answers import refused
from tests.checks.proofs import is_complete, red
from tests.checks.stores import bad, good, store

ID = "redis-health"


def redis(*more: Step, **info: object) -> StoreSession:
    """A server that says this of itself."""
    told = {"redis_version": "7.0", "used_memory": 50, "maxmemory": 0, "maxmemory_policy": "noeviction"} | info
    return store("redis", good("login"), good("info", **told), *more)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        redis(),
        redis(good("write", same=True)),
        redis(used_memory=100, maxmemory=100, maxmemory_policy="allkeys-lru"),  # a cache that is full is a cache
        redis(master_link_status="up"),
    ],
)
def test_a_redis_that_is_well_passes(seen: StoreSession) -> None:
    """With and without a limit, as a cache, as a replica."""
    assert redis_health(seen).outcome is Outcome.PASS


@pytest.mark.parametrize(
    "seen", [redis(used_memory=95, maxmemory=100), redis(connected_clients=9500, maxclients=10000)]
)
def test_what_gets_tight_is_degraded(seen: StoreSession) -> None:
    """Ninety per cent is told before it is all."""
    assert redis_health(seen).outcome is Outcome.DEGRADED


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "redis-loading", redis(loading=1), "loading its data"),
        red(ID, "redis-full", redis(used_memory=101, maxmemory=100), "writes are refused"),
        red(ID, "redis-full", redis(bad("write", "OOM")), "the memory is full", name="a-write-says-so"),
        red(ID, "redis-cannot-save", redis(rdb_last_bgsave_status="err"), "last save to disk failed"),
        red(ID, "redis-cannot-save", redis(bad("write", "MISCONF")), "a write is refused: MISCONF", name="refused"),
        red(ID, "redis-replica-cut-off", redis(master_link_status="down"), "lost its primary"),
        red(ID, "redis-forgets", redis(good("write", same=False)), "not read back"),
    ],
)
def test_a_fault_is_found(seen: StoreSession, reason: str) -> None:
    """By what Redis says of itself, and by what it does."""
    verdict = redis_health(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
@pytest.mark.parametrize("seen", [refused(), store("redis", bad("login", "NOAUTH"))])
def test_what_was_not_reached_is_unmeasured(seen: StoreSession) -> None:
    """Neither a refused connection nor a refused login is a verdict on its health."""
    assert redis_health(seen).outcome is Outcome.UNMEASURED
