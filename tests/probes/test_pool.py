"""Open connections are used again, never after the peer closed them, and never twice for a POST."""

from __future__ import annotations

import asyncio

import pytest

from opscheck.model import HttpExchange, Kind, Request, TcpConnection, Unmeasured
from opscheck.probes import HttpClient
from tests.probes.asking import visit
from tests.probes.hostile import Hostile


def test_reuse() -> None:
    """A second request uses the connection of the first and has no phases of opening."""

    async def act(client: HttpClient, hostile: Hostile) -> tuple[object, object, int]:
        request = Request("GET", hostile.url("ok"))
        return await client.http(request), await client.http(request), hostile.connections

    first, second, connections = visit(act)

    assert isinstance(first, HttpExchange)
    assert isinstance(second, HttpExchange)
    assert (first.reused, second.reused, connections) == (False, True, 1)
    assert (second.phases.dns, second.phases.connect, second.phases.tls) == (None, None, None)


def test_fresh_connection() -> None:
    """A request that asks for a fresh connection gets one."""

    async def act(client: HttpClient, hostile: Hostile) -> int:
        for _ in range(3):
            await client.http(Request("GET", hostile.url("ok")), fresh_connection=True)
        return hostile.connections

    assert visit(act) == 3


@pytest.mark.parametrize("name", ["body_long", "until_close", "head"])
def test_unclean_ends_are_not_reused(name: str) -> None:
    """A connection is used again only where the answer ended cleanly."""

    async def act(client: HttpClient, hostile: Hostile) -> tuple[object, int]:
        await client.http(Request("HEAD" if name == "head" else "GET", hostile.url(name)))
        return await client.http(Request("GET", hostile.url("ok"))), hostile.connections

    answer, connections = visit(act)

    assert isinstance(answer, HttpExchange)
    assert answer.body == b"hello"
    assert connections == (1 if name == "head" else 2)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("pause", [0.0, 0.1])
def test_closed_while_idle(method: str, pause: float) -> None:
    """A connection that the peer closed meanwhile costs nothing but a fresh one, in one attempt."""

    async def act(client: HttpClient, hostile: Hostile) -> list[object]:
        answers: list[object] = []
        for _ in range(5):
            await client.http(Request("GET", hostile.url("closes_idle")))
            await asyncio.sleep(pause)
            answers.append(await client.http(Request(method, hostile.url("ok"), body=b"x")))
        return answers

    for answer in visit(act):
        if pause or method == "GET":
            assert isinstance(answer, HttpExchange)
            assert answer.attempts == 1
        elif isinstance(answer, Unmeasured):
            assert answer.kind == Kind.RESET  # the close was under way: a POST is not sent twice


def test_get_is_repeated_once() -> None:
    """A GET on a connection that dies without a byte is asked again on a fresh one, and then no more."""

    async def act(client: HttpClient, hostile: Hostile) -> tuple[object, int]:
        await client.http(Request("GET", hostile.url("ok")))
        return await client.http(Request("GET", hostile.url("closes"))), len(hostile.heads)

    answer, requests = visit(act)

    assert isinstance(answer, Unmeasured)
    assert (answer.kind, answer.attempts, requests) == (Kind.RESET, 1, 3)


def test_post_is_not_repeated() -> None:
    """A POST whose connection dies without a byte of answer is not asked twice."""

    async def act(client: HttpClient, hostile: Hostile) -> tuple[object, int]:
        await client.http(Request("GET", hostile.url("ok")))
        return await client.http(Request("POST", hostile.url("closes"))), len(hostile.heads)

    answer, requests = visit(act)

    assert isinstance(answer, Unmeasured)
    assert (answer.kind, requests) == (Kind.RESET, 2)


def test_reached_on_an_open_connection() -> None:
    """A stall on an open connection is one of a peer that was reached."""

    async def act(client: HttpClient, hostile: Hostile) -> object:
        await client.http(Request("GET", hostile.url("ok")))
        return await client.http(Request("GET", hostile.url("stalls")))

    answer = visit(act)

    assert isinstance(answer, Unmeasured)
    assert (answer.kind, answer.connected) == (Kind.TIMEOUT, True)
    assert "on an open connection" in answer.detail


def test_one_client_in_two_loops() -> None:
    """A client that comes back in another loop opens its connections anew."""
    client = HttpClient()

    async def scene() -> object:
        async with Hostile() as hostile:
            answer = await client.http(Request("GET", hostile.url("ok")))
            again = await client.http(Request("GET", hostile.url("ok")))
            assert isinstance(again, HttpExchange)
            assert again.reused
            return answer

    for _ in range(2):
        answer = asyncio.run(scene())
        assert isinstance(answer, HttpExchange)
        assert not answer.reused


def test_warm() -> None:
    """A warmed connection carries the next request, which tells the phases of its opening; the one after does not."""

    async def act(client: HttpClient, hostile: Hostile) -> tuple[object, object, object, int]:
        url = hostile.url("ok", host="localhost")
        warmed = await client.warm(url)
        first = await client.http(Request("GET", url))
        second = await client.http(Request("GET", url))
        return warmed, first, second, hostile.connections

    warmed, first, second, connections = visit(act)

    assert isinstance(warmed, TcpConnection)
    assert isinstance(first, HttpExchange)
    assert isinstance(second, HttpExchange)
    assert connections == 1
    assert (first.reused, second.reused) == (False, True)
    assert (first.phases.dns, first.phases.connect) == (warmed.phases.dns, warmed.phases.connect)
    assert first.phases.connect is not None
    assert second.phases.connect is None


def test_warm_fails() -> None:
    """What cannot be warmed says why."""

    async def scene() -> object:
        client = HttpClient()
        answer = await client.warm("http://127.0.0.1:9/")
        await client.aclose()
        return answer

    answer = asyncio.run(scene())

    assert isinstance(answer, Unmeasured)
    assert answer.detail == "connection refused by 127.0.0.1:9"


def test_many_at_once() -> None:
    """Requests in flight never share a connection; later ones reuse what those opened."""

    async def act(client: HttpClient, hostile: Hostile) -> tuple[set[bytes], int]:
        request = [Request("GET", hostile.url(f"echo/{number}")) for number in range(200)]
        gate = asyncio.Semaphore(20)

        async def one(asked: Request) -> bytes:
            async with gate:
                answer = await client.http(asked)
            assert isinstance(answer, HttpExchange)
            assert answer.body.split()[1].decode() in asked.url
            return answer.body.split()[1]

        return set(await asyncio.gather(*map(one, request))), hostile.connections

    paths, connections = visit(act)

    assert len(paths) == 200
    assert connections <= 20
