"""Bare HTTP clients, each in a process of its own: `python -m benchmarks.clients NAME COUNT IN_FLIGHT HOSTS PORT`.

Prints wall and processor seconds of the asking alone, as JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Final, TypeAlias

from benchmarks.server import ANSWER, addresses

Ask: TypeAlias = Callable[[Sequence[str], int], Awaitable[None]]


async def in_turn(urls: Sequence[str], in_flight: int, get: Callable[[str], Awaitable[int]]) -> None:
    """Ask for all of them, so many at a time; every answer has to be 200."""
    waiting = iter(urls)

    async def one_after_the_other() -> None:
        for url in waiting:
            status = await get(url)
            assert status == 200

    await asyncio.gather(*(one_after_the_other() for _ in range(in_flight)))


async def with_aiohttp(urls: Sequence[str], in_flight: int) -> None:
    """An aiohttp session."""
    import aiohttp  # noqa: PLC0415 - each client pays for its own import only

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=in_flight)) as session:

        async def get(url: str) -> int:
            async with session.get(url) as answer:
                await answer.read()
                return answer.status

        await in_turn(urls, in_flight, get)


async def with_httpx(urls: Sequence[str], in_flight: int, clients: int = 1) -> None:
    """One httpx client or several."""
    import httpx  # noqa: PLC0415 - each client pays for its own import only

    async def part(number: int) -> None:
        each = max(1, in_flight // clients)
        limits = httpx.Limits(max_connections=each, max_keepalive_connections=each)
        async with httpx.AsyncClient(limits=limits, timeout=60, trust_env=False) as client:

            async def get(url: str) -> int:
                return (await client.get(url)).status_code

            await in_turn(urls[number::clients], each, get)

    await asyncio.gather(*(part(number) for number in range(clients)))


async def with_eight_httpx(urls: Sequence[str], in_flight: int) -> None:
    """Eight httpx clients that share the connections."""
    await with_httpx(urls, in_flight, clients=8)


async def with_opscheck(urls: Sequence[str], in_flight: int) -> None:
    """The probe of opscheck, without engine and pytest."""
    from opscheck.model import HttpExchange, Request  # noqa: PLC0415 - each client pays for its own import only
    from opscheck.probes import HttpClient  # noqa: PLC0415 - each client pays for its own import only

    client = HttpClient()

    async def get(url: str) -> int:
        seen = await client.http(Request("GET", url))
        return seen.status if isinstance(seen, HttpExchange) else 0

    await in_turn(urls, in_flight, get)
    await client.aclose()


class _Bare(asyncio.Protocol):
    """Writes the next request as soon as an answer is whole; understands nothing but this server."""

    def __init__(self, heads: Iterator[bytes]) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._heads = heads
        self._missing = 0
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        """Called by asyncio."""
        self._missing -= len(data)
        if self._missing <= 0:
            self._next()

    def _next(self) -> None:
        head = next(self._heads, None)
        assert self._transport is not None
        if head is None:
            self._transport.abort()
            self.done.set_result(None)
            return
        self._missing = len(ANSWER)
        self._transport.write(head)


async def with_nothing(urls: Sequence[str], in_flight: int) -> None:
    """No HTTP client at all: what the server can do on this machine."""
    loop = asyncio.get_running_loop()
    heads = iter([b"GET %s HTTP/1.1\r\nhost: bench\r\n\r\n" % url[url.index("/ready") :].encode() for url in urls])
    places = sorted({url[len("http://") : url.index("/ready")] for url in urls})
    asking = []
    for number in range(in_flight):
        address, _, port = places[number % len(places)].partition(":")
        _, protocol = await loop.create_connection(lambda: _Bare(heads), address, int(port))
        asking.append(protocol.done)
    await asyncio.gather(*asking)


CLIENTS: Final[dict[str, Ask]] = {
    "bare asyncio": with_nothing,
    "opscheck": with_opscheck,
    "aiohttp": with_aiohttp,
    "httpx": with_httpx,
    "httpx, 8 clients": with_eight_httpx,
}


def main(name: str, count: str, in_flight: str, hosts: str, port: str) -> None:
    """Ask, and print what it took."""
    where = addresses(int(hosts))
    urls = [f"http://{where[n % len(where)]}:{port}/ready?n={n}" for n in range(int(count))]
    wall, cpu = time.perf_counter(), time.process_time()
    asyncio.run(_ask(CLIENTS[name], urls, int(in_flight)))
    taken = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    print(json.dumps({"asked": len(urls), **taken}))


async def _ask(ask: Ask, urls: Sequence[str], in_flight: int) -> None:
    async with asyncio.timeout(100):
        await ask(urls, in_flight)


if __name__ == "__main__":
    main(*sys.argv[1:])
