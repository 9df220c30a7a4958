"""Nothing that must not be shown is in what a probe returns."""

from __future__ import annotations

import asyncio
import json
from base64 import b64encode

import pytest

from opscheck.model import EventStream, HttpExchange, Kind, Request, TcpConnection, Unmeasured
from opscheck.probes import HttpClient
from opscheck.redact import Secret
from tests.probes.asking import visit
from tests.probes.hostile import Hostile

VALUE = "correct-horse-battery"


def everything(answer: HttpExchange | EventStream | TcpConnection | Unmeasured) -> str:
    """All that a report or a traceback could print of it."""
    return repr(answer) + json.dumps(answer.evidence().as_dict())


@pytest.mark.parametrize("name", ["ok", "reset", "garbage", "body_short", "sse_burst"])
def test_a_secret_header_is_written_and_never_shown(name: str) -> None:
    """The server gets the secret; the observation, good or bad, has its name alone."""

    async def act(client: HttpClient, hostile: Hostile) -> tuple[str, bytes]:
        request = Request("GET", hostile.url(name), (("x-key", Secret("key", VALUE)),))
        ask = client.stream if name.startswith("sse") else client.http
        answer = await ask(request)
        return everything(answer), hostile.heads[0]

    shown, head = visit(act)

    assert f"x-key: {VALUE}".encode() in head
    assert VALUE not in shown


@pytest.mark.parametrize("name", ["ok", "reset"])
def test_a_password_in_the_url(name: str) -> None:
    """User and password go out as Basic credentials and are in nothing that comes back."""

    async def act(client: HttpClient, hostile: Hostile) -> tuple[str, bytes]:
        url = hostile.url(name).replace("://", f"://ops:{VALUE}@")
        return everything(await client.http(Request("GET", url))), hostile.heads[0]

    shown, head = visit(act)

    assert b"authorization: Basic " + b64encode(f"ops:{VALUE}".encode()) in head
    assert VALUE not in shown


@pytest.mark.parametrize(
    "url", [f"http://ops:{VALUE}@host:99999/", f"http://ops:{VALUE}@[::1/", f"ftp://ops:{VALUE}@host/"]
)
def test_a_password_in_an_unusable_url(url: str) -> None:
    """A URL that cannot be used gives nothing away either."""

    async def scene() -> list[HttpExchange | EventStream | TcpConnection | Unmeasured]:
        client = HttpClient()
        request = Request("GET", url)
        answers = [await client.http(request), await client.stream(request), await client.warm(url)]
        await client.aclose()
        return answers

    for answer in asyncio.run(scene()):
        assert isinstance(answer, Unmeasured)
        assert answer.kind == Kind.PROTOCOL
        assert VALUE not in everything(answer)


@pytest.mark.parametrize(
    "header",
    [("x-key", f"{VALUE}\r\nx-more: 1"), ("x-key", f"{VALUE}\0"), ("x\n", VALUE), ("x y", VALUE), ("x", "\ud800")],
)
def test_headers_that_cannot_be_sent(header: tuple[str, str]) -> None:
    """A header that would break the request is refused before anything is sent, without its value."""

    async def act(client: HttpClient, hostile: Hostile) -> tuple[Unmeasured, int]:
        name, value = header
        answer = await client.http(Request("GET", hostile.url("ok"), ((name, Secret("key", value)),)))
        assert isinstance(answer, Unmeasured)
        return answer, hostile.connections

    answer, connections = visit(act)

    assert (answer.kind, connections) == (Kind.PROTOCOL, 0)
    assert VALUE not in repr(answer)
    assert "\n" not in answer.detail


@pytest.mark.parametrize("method", ["GET /x HTTP/1.1\r\nx:", "", "G T", "CONNECT"])
def test_methods_that_cannot_be_sent(method: str) -> None:
    """A method that is none is refused before anything is sent."""

    async def act(client: HttpClient, hostile: Hostile) -> tuple[object, int]:
        return await client.http(Request(method, hostile.url("ok"))), hostile.connections

    answer, connections = visit(act)

    assert isinstance(answer, Unmeasured)
    assert (answer.kind, connections) == (Kind.PROTOCOL, 0)
