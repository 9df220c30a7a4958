"""Asks a misbehaving server once and measures how long the probe took."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from opscheck.model import HttpExchange, Request, Unmeasured
from opscheck.probes import Caps, HttpClient
from tests.probes.hostile import Hostile

T = TypeVar("T")
QUICK = Caps(timeout=0.5, connect_timeout=0.4)
SLACK = 0.5  # seconds that a probe may take beyond its deadline


def visit(act: Callable[[HttpClient, Hostile], Awaitable[T]], *, caps: Caps = QUICK, **server: object) -> T:
    """Run one scene with a server and a client, within the deadline of twenty probes."""

    async def scene() -> T:
        async with Hostile(**server) as hostile:  # type: ignore[arg-type]
            client = HttpClient(caps=caps)
            try:
                return await asyncio.wait_for(act(client, hostile), 20 * (caps.timeout + SLACK))
            finally:
                await client.aclose()

    return asyncio.run(scene())


def ask(name: str, *, method: str = "GET", body: bytes = b"", caps: Caps = QUICK) -> HttpExchange | Unmeasured:
    """One request to a behaviour; fails the test where the probe outlives its deadline."""

    async def act(client: HttpClient, hostile: Hostile) -> HttpExchange | Unmeasured:
        begun = time.perf_counter()
        seen = await client.http(Request(method, hostile.url(name), body=body))
        assert time.perf_counter() - begun < caps.timeout + SLACK
        return seen

    return visit(act, caps=caps)


def seen(name: str, *, method: str = "GET", body: bytes = b"", caps: Caps = QUICK) -> HttpExchange:
    """The exchange, where there must be one."""
    answer = ask(name, method=method, body=body, caps=caps)
    assert isinstance(answer, HttpExchange), answer
    return answer


def missed(name: str, *, method: str = "GET", body: bytes = b"", caps: Caps = QUICK) -> Unmeasured:
    """The Unmeasured, where there must be one."""
    answer = ask(name, method=method, body=body, caps=caps)
    assert isinstance(answer, Unmeasured), answer
    return answer
