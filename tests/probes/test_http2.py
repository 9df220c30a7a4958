"""HTTP/2, negotiated over TLS and by prior knowledge, with servers that behave and that do not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from opscheck.model import EventStream, HttpExchange, Kind, Request, Unmeasured
from opscheck.probes import Caps, HttpClient
from tests.probes.asking import SLACK, visit
from tests.probes.certificates import World
from tests.probes.h2_server import H2Server
from tests.probes.hostile import Hostile

T = TypeVar("T")
CAPS = Caps(timeout=1.0)


def scene(act: Callable[[HttpClient, H2Server], Awaitable[T]], world: World | None = None) -> T:
    """Run one scene with an HTTP/2 server and a client."""

    async def run() -> T:
        async with H2Server(world.good if world else None) as server:
            client = HttpClient(caps=CAPS)
            try:
                return await act(client, server)
            finally:
                await client.aclose()

    return asyncio.run(run())


def ask(name: str, *, method: str = "GET", body: bytes = b"") -> HttpExchange | Unmeasured:
    """One request by prior knowledge, within its deadline."""

    async def act(client: HttpClient, server: H2Server) -> HttpExchange | Unmeasured:
        begun = time.perf_counter()
        answer = await client.http(Request(method, server.url(name), body=body), http2=True)
        assert time.perf_counter() - begun < CAPS.timeout + SLACK
        return answer

    return scene(act)


@pytest.mark.parametrize("name", ["ok", "interim", "goes_after"])
def test_answers(name: str) -> None:
    """An exchange over HTTP/2 says so and has its headers and body, interim answers aside."""
    answer = ask(name)

    assert isinstance(answer, HttpExchange)
    assert (answer.status, answer.http_version, answer.body, answer.raw_length) == (200, "2", b"hello", 5)
    assert answer.header_values("x-one") == ("1", "2")
    assert answer.phases.first_byte is not None


def test_negotiated_over_tls(world: World) -> None:
    """Over TLS HTTP/2 is spoken only where it is wanted, and an open connection is used again."""

    async def act(client: HttpClient, server: H2Server) -> list[object]:
        request = Request("GET", server.url("ok"))
        return [await client.http(request, ca=world.ca, http2=True) for _ in range(2)]

    first, second = scene(act, world)

    assert isinstance(first, HttpExchange)
    assert isinstance(second, HttpExchange)
    assert (first.http_version, first.reused, first.phases.tls is None) == ("2", False, False)
    assert (second.http_version, second.reused, second.phases.tls is None) == ("2", True, True)


def test_not_negotiated(world: World) -> None:
    """Where the server has no HTTP/2, HTTP/1.1 is spoken and told."""

    async def act(client: HttpClient, hostile: Hostile) -> object:
        return await client.http(Request("GET", hostile.url("ok")), ca=world.ca, http2=True)

    answer = visit(act, caps=CAPS, tls=world.http1)

    assert isinstance(answer, HttpExchange)
    assert answer.http_version == "1.1"


def test_empty_and_head() -> None:
    """An answer without a body is whole with its headers."""
    for answer in (ask("nothing"), ask("nothing", method="HEAD")):
        assert isinstance(answer, HttpExchange)
        assert answer.body == b""


def test_a_large_request_body() -> None:
    """A body larger than the peer's window is sent as the window opens."""
    answer = ask("length", method="POST", body=b"x" * 300_000)

    assert isinstance(answer, HttpExchange)
    assert answer.body.startswith(b"300000 ")
    assert b"'content-length': '300000'" in answer.body


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("resets", Kind.RESET, "reset the stream (INTERNAL_ERROR)"),
        ("resets_in_body", Kind.RESET, "reset the stream (ENHANCE_YOUR_CALM)"),
        ("goes_away", Kind.RESET, "GOAWAY, NO_ERROR"),
        ("stalls", Kind.TIMEOUT, "no answer within 1.0 s"),
        ("stalls_in_body", Kind.TIMEOUT, "3 bytes of body had arrived"),
        ("lies", Kind.PROTOCOL, "3 bytes of body where 100 were announced"),
        ("many_headers", Kind.TOO_LARGE, "more than 200 headers"),
        ("drops", Kind.RESET, "after 3 bytes of body"),
        ("forever", Kind.TOO_LARGE, "the body is longer than 2097152 bytes"),
        ("garbage", Kind.PROTOCOL, "not valid HTTP/2"),
    ],
)
def test_misbehaviour(name: str, kind: Kind, words: str) -> None:
    """Every misbehaviour has its kind and its plain line, within the deadline."""
    answer = ask(name)

    assert isinstance(answer, Unmeasured)
    assert answer.kind == kind
    assert words in answer.detail
    assert answer.connected


def test_no_http2_there() -> None:
    """A server that knows only HTTP/1.1 is told so when it is asked by prior knowledge."""

    async def act(client: HttpClient, hostile: Hostile) -> object:
        return await client.http(Request("GET", hostile.url("ok")), http2=True)

    answer = visit(act, caps=CAPS)

    assert isinstance(answer, Unmeasured)
    assert answer.kind == Kind.PROTOCOL
    assert "answered in HTTP/1.1" in answer.detail


def test_going_away_while_idle() -> None:
    """A connection that the server gave up while idle costs nothing but a fresh one."""

    async def act(client: HttpClient, server: H2Server) -> list[object]:
        request = Request("GET", server.url("goes_after"))
        return [await client.http(request, http2=True) for _ in range(3)]

    for answer in scene(act):
        assert isinstance(answer, HttpExchange)
        assert not answer.reused


def test_stream() -> None:
    """An event stream is read over HTTP/2 as well."""

    async def act(client: HttpClient, server: H2Server) -> object:
        return await client.stream(Request("GET", server.url("events")), http2=True)

    answer = scene(act)

    assert isinstance(answer, EventStream)
    assert ([event.data for event in answer.events], answer.ended) == (["a", "[DONE]"], "done")
