"""Calls that block, each in a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import threading
import time

import pytest

from opscheck.model import Kind, Unmeasured
from opscheck.model.store import StoreAccess, StoreSession
from opscheck.probes.limits import Caps
from opscheck.probes.own_thread import in_own_thread
from opscheck.probes.redis import redis
from opscheck.redact import Secret
from tests.parts.redis import Redis


def test_results_and_errors_come_back() -> None:
    """Of the call itself, to whoever waits."""

    async def both() -> int:
        with pytest.raises(ZeroDivisionError):
            await in_own_thread(lambda: 1 // 0, "error")
        return await in_own_thread(lambda: 42, "result")

    assert asyncio.run(both()) == 42


def test_who_stops_waiting_is_free_while_the_call_runs_on() -> None:
    """The loop ends, and so does the process, without it."""
    ended = threading.Event()

    async def impatient() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(in_own_thread(ended.wait, "hangs"), 0.1)

    asyncio.run(impatient())
    hanging = [thread for thread in threading.enumerate() if thread.name == "hangs"]
    ended.set()
    for thread in hanging:
        thread.join(5)

    assert [thread.daemon for thread in hanging] == [True]


def test_stores_that_never_answer_do_not_keep_one_that_does_waiting(redis_server: Redis) -> None:
    """However many they are: its answer does not cost their time."""
    caps = Caps(timeout=6.0, connect_timeout=2.0)
    password = Secret("redis_password", redis_server.password)

    async def ask_all(mute: int) -> tuple[list[object], float]:
        silent = [asyncio.create_task(_ask(f"redis://127.0.0.1:{mute}")) for _ in range(40)]
        await asyncio.sleep(0.5)
        began = time.monotonic()
        well = await redis(StoreAccess(redis_server.url, "", password, "", False), caps=caps)
        took = time.monotonic() - began
        return [well, *(await asyncio.gather(*silent))], took

    async def _ask(url: str) -> StoreSession | Unmeasured:
        return await redis(StoreAccess(url, "", password, "", False), caps=caps)

    with socket.create_server(("127.0.0.1", 0), backlog=128) as server:
        (well, *silent), took = asyncio.run(ask_all(server.getsockname()[1]))

    assert isinstance(well, StoreSession), well
    assert took < 5
    assert {one.kind for one in silent if isinstance(one, Unmeasured)} == {Kind.TIMEOUT}
    assert len(silent) == 40
