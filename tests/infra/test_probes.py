"""The probes of stores against real servers: what they say, that they end, and that they keep secrets."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import pytest

from opscheck.model import Kind, Unmeasured
from opscheck.model.store import StoreAccess, StoreSession
from opscheck.probes.limits import Caps
from opscheck.probes.mongo import mongo
from opscheck.probes.postgres import postgres
from opscheck.probes.redis import redis
from opscheck.redact import Secret
from tests.parts.mongo import Mongo
from tests.parts.postgres import Postgres
from tests.parts.redis import Redis
from tests.parts.server import MADE_UP
from tests.standins.relay import StandInRelay

Probe = Callable[..., Coroutine[Any, Any, StoreSession | Unmeasured]]
PROBES: Final[dict[str, Probe]] = {"redis": redis, "mongo": mongo, "postgres": postgres}
LIBRARIES: Final = {"redis": "redis", "mongo": "pymongo", "postgres": "psycopg"}
STORES: Final = tuple(PROBES)
SECONDS: Final = 2.0
GRACE: Final = 1.5  # on a machine that has other things to do
CAPS: Final = Caps(timeout=SECONDS, connect_timeout=1.0)
PASSWORD: Final = "a-most-unusual-phrase"


@pytest.fixture(scope="module")
def urls(redis_server: Redis, mongo_server: Mongo, postgres_server: Postgres) -> dict[str, str]:
    """Give the addresses of the real servers."""
    return {"redis": redis_server.url, "mongo": f"{mongo_server.url}shop", "postgres": postgres_server.url}


@pytest.fixture
def mute() -> Iterator[int]:
    """Give a port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listening:
        yield listening.getsockname()[1]


def at(url: str, port: int) -> str:
    """The same address, with another port."""
    return url.replace(f":{urlsplit(url).port}", f":{port}")


def ask(store: str, url: str, password: str = MADE_UP, caps: Caps = CAPS, **more: Any) -> tuple[Any, float]:  # noqa: ANN401
    """What a probe sees, and the seconds until nothing of it is left running."""
    access = StoreAccess(url, "" if store == "redis" else "ops", Secret("password", password), "admin")
    began = time.monotonic()
    seen = asyncio.run(PROBES[store](access, caps=caps, **more))  # waits for the threads of the probe, too
    return seen, time.monotonic() - began


@pytest.mark.parametrize("store", STORES)
def test_a_store_that_is_well_is_asked_step_by_step(store: str, urls: dict[str, str]) -> None:
    """Every step is good, and the evidence is JSON that names them."""
    more: dict[str, dict[str, Any]] = {"redis": {"write": True}, "mongo": {"collections": ["orders"]}}

    seen, _ = ask(store, urls[store], **more.get(store, {}))

    assert isinstance(seen, StoreSession)
    assert [step.name for step in seen.steps if not step.ok] == []
    names = {"redis": "login info write", "mongo": "hello login read indexes write_concern"}
    assert [step.name for step in seen.steps] == names.get(store, "login read state write").split()
    assert json.loads(json.dumps(seen.evidence().as_dict()))["steps"][0]["ok"] is True


@pytest.mark.parametrize("store", STORES)
def test_a_refused_login_is_an_answer(store: str, urls: dict[str, str]) -> None:
    """By the store's own code; and neither password nor its bytes are in what was seen."""
    seen, _ = ask(store, urls[store], PASSWORD)
    codes = {"redis": "WRONGPASS", "mongo": "18", "postgres": "28P01"}

    assert isinstance(seen, StoreSession)
    assert seen.step("login").code == codes[store]  # type: ignore[union-attr] # the next lines would fail as well
    assert PASSWORD not in repr(seen) + json.dumps(seen.evidence().as_dict())


@pytest.mark.parametrize("store", STORES)
def test_who_never_answers_is_waited_for_no_longer_than_allowed(store: str, urls: dict[str, str], mute: int) -> None:
    """The connection is made, so it is a timeout and not a refusal; nothing runs on."""
    threads = set(threading.enumerate())

    seen, seconds = ask(store, at(urls[store], mute))

    assert isinstance(seen, Unmeasured)
    assert (seen.kind, seen.connected) == (Kind.TIMEOUT, True)
    assert seconds < SECONDS + GRACE
    assert not [left for left in set(threading.enumerate()) - threads if not left.daemon]


@pytest.mark.parametrize("passes", [1, 40, 150, 400, 800])
@pytest.mark.parametrize("store", STORES)
def test_who_falls_silent_within_the_conversation(store: str, passes: int, urls: dict[str, str]) -> None:
    """Wherever it stops: a timeout in time, or, where everything needed had come, the whole conversation."""
    with StandInRelay(urlsplit(urls[store]).port or 0, passes=passes) as relay:
        seen, seconds = ask(store, at(urls[store], relay.port))

    assert seconds < SECONDS + GRACE
    assert isinstance(seen, StoreSession) or seen.kind is Kind.TIMEOUT
    assert isinstance(seen, Unmeasured) or all(step.ok for step in seen.steps)


@pytest.mark.parametrize("store", STORES)
def test_who_answers_a_byte_at_a_time(store: str, urls: dict[str, str]) -> None:
    """Every byte comes before the library would give up; the deadline is for all of them."""
    with StandInRelay(urlsplit(urls[store]).port or 0, passes=0, drips=0.4) as relay:
        seen, seconds = ask(store, at(urls[store], relay.port))

    assert seen.kind is Kind.TIMEOUT
    assert seconds < SECONDS + GRACE


@pytest.mark.parametrize("store", STORES)
def test_nobody_there_is_a_refusal(store: str, urls: dict[str, str]) -> None:
    """Told before the library is asked."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        seen, seconds = ask(store, at(urls[store], closed.getsockname()[1]))

    assert seen.kind is Kind.REFUSED
    assert seconds < 1


@pytest.mark.parametrize("store", STORES)
def test_somebody_else_there_is_no_verdict(store: str, urls: dict[str, str]) -> None:
    """Another store behind the address: not reached, and no refused login."""
    other = "postgres" if store == "redis" else "redis"

    seen, seconds = ask(store, at(urls[store], urlsplit(urls[other]).port or 0))

    assert isinstance(seen, Unmeasured)
    assert seen.kind in (Kind.RESET, Kind.PROTOCOL, Kind.TIMEOUT)
    assert seconds < SECONDS + GRACE


@pytest.mark.parametrize("store", STORES)
def test_a_missing_library_says_how_to_get_it(
    store: str, urls: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither an error nor a failure: the command that brings it."""
    monkeypatch.setitem(sys.modules, LIBRARIES[store], None)

    seen, _ = ask(store, urls[store])

    assert seen.kind is Kind.TOOL_MISSING
    assert "pip install 'opscheck[infra]'" in seen.remedy


@pytest.mark.parametrize("store", STORES)
def test_the_tls_that_is_asked_for_is_not_given_up(store: str, urls: dict[str, str]) -> None:
    """Servers that speak none are not talked to in the clear instead."""
    url = urls[store].replace("redis:", "rediss:")
    access = StoreAccess(url, "ops", Secret("password", PASSWORD), "admin", tls=True)

    seen = asyncio.run(PROBES[store](access, caps=CAPS))

    assert isinstance(seen, Unmeasured)
    assert seen.kind in (Kind.TLS, Kind.RESET, Kind.PROTOCOL, Kind.TIMEOUT)
