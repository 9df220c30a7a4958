"""Stores that are broken: real Redis, Postgres and a server of MongoDB's protocol, stand-ins where those cannot be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from tests.infra.row import Row, row

REDIS: Final = {"redis": "{redis}"}
MONGO: Final = {"mongo": "{mongo}shop"}
POSTGRES: Final = {"postgres": "{postgres}/ops"}
_CLERK: Final = {"postgres": {"user": "clerk"}}
_BLIND_POSTGRES: Final = "postgres-health postgres-migration"

STORES: Final[tuple[Row, ...]] = (
    row(
        "redis-password",
        REDIS,
        "store-login",
        shows="store-wrong-password",
        blind="redis-health",
        wrong="redis_password",
        because="login refused",
    ),
    row(
        "redis-no-password",
        REDIS,
        "store-login",
        shows="store-login-missing",
        blind="redis-health",
        without="redis_password",
        because="none was given",
    ),
    row(
        "redis-number",
        {"redis": "{redis}/99"},
        "store-login",
        shows="store-wrong-database",
        blind="redis-health",
        because="number does not exist",
    ),
    row("redis-loading", {"redis": "{redis_loading}"}, "redis-health", because="still loading"),
    row("redis-full", {"redis": "{redis_full}"}, "redis-health", because="memory is full"),
    row("redis-cannot-save", {"redis": "{redis_unsaved}"}, "redis-health", because="last save to disk failed"),
    row("redis-replica-cut-off", {"redis": "{redis_replica}"}, "redis-health", because="lost its primary"),
    row("redis-forgets", {"redis": "{redis_forgets}"}, "redis-health", because="not read back"),
    row(
        "mongo-password",
        MONGO,
        "store-login",
        shows="store-wrong-password",
        blind="mongo-indexes",
        wrong="mongo_password",
        because="login refused",
    ),
    row(
        "mongo-no-password",
        MONGO,
        "store-login",
        shows="store-login-missing",
        blind="mongo-indexes",
        without="mongo_password",
        because="needs a login",
    ),
    row(
        "store-wrong-auth-source",
        MONGO,
        "store-login",
        blind="mongo-indexes",
        expect={"mongo": {"auth_source": "shop"}},
        because="login refused",
    ),
    row(
        "mongo-index-missing",
        MONGO,
        "mongo-indexes",
        expect={"mongo": {"indexes": ["orders: customer"]}},
        because="no index on customer",
    ),
    row(
        "mongo-not-primary",
        {"mongo": "{mongo_secondary}shop"},
        "mongo-primary",
        without="mongo_password",
        because="a secondary",
    ),
    row(
        "mongo-unacknowledged",
        {"mongo": "{mongo_careless}shop"},
        "mongo-primary",
        without="mongo_password",
        because="w is 0",
    ),
    row(
        "postgres-password",
        POSTGRES,
        "store-login",
        shows="store-wrong-password",
        blind=_BLIND_POSTGRES,
        wrong="postgres_password",
        because="wrong password",
    ),
    row(
        "postgres-no-password",
        POSTGRES,
        "store-login",
        shows="store-login-missing",
        blind=_BLIND_POSTGRES,
        without="postgres_password",
        because="none was given",
    ),
    row(
        "store-wrong-database",
        {"postgres": "{postgres}/nowhere"},
        "store-login",
        blind=_BLIND_POSTGRES,
        because="database does not exist",
    ),
    row("postgres-read-only", {"postgres": "{postgres}/frozen"}, "postgres-health", because="read-only"),
    row(
        "postgres-cannot-write",
        {"postgres": "{postgres}/strict"},
        "postgres-health",
        expect={"postgres": {"user": "clerk"}},
        because="code 42501",
    ),
    row("migration-behind", {"postgres": "{postgres}/behind"}, "postgres-migration", because="is at 'a1'"),
    row(
        "migration-table-missing",
        {"postgres": "{postgres}/bare"},
        "postgres-migration",
        because="no migration was ever run",
    ),
)

_CHECKS: Final[Mapping[str, str]] = {
    "redis": "store-login redis-health",
    "mongo": "store-login mongo-primary mongo-indexes",
    "postgres": "store-login postgres-health postgres-migration",
}
_SCHEMES: Final[Mapping[str, str]] = {"redis": "redis", "mongo": "mongodb", "postgres": "postgresql"}


def _unreachable() -> Iterator[Row]:
    """Nobody there, somebody who never answers, and the real server, stopped in its tracks."""
    for store, checks in _CHECKS.items():
        yield row(
            f"{store}-refused", {store: _SCHEMES[store] + "://{closed}/0"}, blind=checks, cause=f"{store}:refused"
        )
        yield row(f"{store}-mute", {store: _SCHEMES[store] + "://{mute}/0"}, blind=checks, cause=f"{store}:timeout")
        yield row(f"{store}-paused", {store: f"{{{store}_paused}}"}, blind=checks, cause=f"{store}:timeout")


UNREACHABLE: Final[tuple[Row, ...]] = (
    *_unreachable(),
    row(
        "prometheus-refused",
        {"prometheus": "http://{closed}"},
        blind="component-ready prometheus-targets prometheus-samples ready-series "
        "alert-metrics alert-ratio alert-threshold alert-silence",
        cause="prometheus:refused",
    ),
)
