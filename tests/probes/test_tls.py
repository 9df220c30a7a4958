"""TLS: the probe tells what is wrong with a certificate; a request is refused by the same."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from opscheck.model import HttpExchange, Kind, Request, TcpConnection, TlsSession, Unmeasured
from opscheck.probes import Caps, HttpClient
from opscheck.probes.tls import tls
from tests.probes.asking import QUICK, SLACK, visit
from tests.probes.certificates import NOW, World
from tests.probes.hostile import Hostile

PATIENT = Caps(timeout=3, connect_timeout=2)


@pytest.mark.parametrize(
    ("which", "trust"),
    [
        ("good", ""),
        ("expired", "certificate has expired"),
        ("wrong_name", "IP address mismatch"),
        ("untrusted", "unable to get local issuer certificate"),
    ],
)
def test_trust(world: World, which: str, trust: str) -> None:
    """A good, an expired, a misnamed and an untrusted certificate are told apart, each with its leaf."""

    async def act(client: HttpClient, hostile: Hostile) -> object:
        return await tls("127.0.0.1", hostile.port, caps=PATIENT, ca=world.ca)

    session = visit(act, caps=PATIENT, tls=getattr(world, which))

    assert isinstance(session, TlsSession)
    assert session.trust.startswith(trust)
    assert bool(session.trust) == bool(trust)
    assert session.chain[0].issuer
    assert session.version.startswith("TLSv1.")
    assert session.phases.tls is not None
    assert session.evidence().as_dict()["trust"] == session.trust


def test_what_was_negotiated(world: World) -> None:
    """Names, expiry and ALPN are those of the server, and the server name is the one that was sent."""

    async def act(client: HttpClient, hostile: Hostile) -> object:
        return await tls("127.0.0.1", hostile.port, server_name="a.example.org", caps=PATIENT, ca=world.ca)

    session = visit(act, caps=PATIENT, tls=world.good)

    assert isinstance(session, TlsSession)
    assert (session.trust, session.alpn, session.server_name) == ("", "h2", "a.example.org")
    assert session.chain[0].names == ("localhost", "*.example.org", "127.0.0.1", "::1")
    assert session.days_left(NOW) == pytest.approx(30)
    assert session.chain[0].not_after == NOW + timedelta(days=30)


def test_no_tls() -> None:
    """A server that speaks no TLS is told so."""

    async def act(client: HttpClient, hostile: Hostile) -> object:
        return await tls("127.0.0.1", hostile.port, caps=PATIENT)

    answer = visit(act, caps=PATIENT, greeting=b"220 mail.example ESMTP\r\n")

    assert isinstance(answer, Unmeasured)
    assert (answer.kind, answer.connected) == (Kind.TLS, True)


def test_silent_server() -> None:
    """A server that never answers the handshake costs the deadline of connecting."""

    async def act(client: HttpClient, hostile: Hostile) -> tuple[float, object]:
        begun = time.perf_counter()
        answer = await tls("127.0.0.1", hostile.port, caps=QUICK)
        return time.perf_counter() - begun, answer

    seconds, answer = visit(act)

    assert seconds < QUICK.timeout + SLACK
    assert isinstance(answer, Unmeasured)
    assert answer.kind == Kind.TIMEOUT
    assert "no TLS handshake" in answer.detail


def test_missing_authorities(world: World) -> None:
    """A file of authorities that is not there is told by its name."""

    async def act(client: HttpClient, hostile: Hostile) -> object:
        return await client.http(Request("GET", hostile.url("ok")), ca=world.ca.parent / "none.pem")

    answer = visit(act, caps=PATIENT, tls=world.http1)

    assert isinstance(answer, Unmeasured)
    assert "none.pem" in answer.detail


def test_request_over_tls(world: World) -> None:
    """A trusted server is asked over HTTP/1.1 unless HTTP/2 is wanted; its TLS phase is told once."""

    async def act(client: HttpClient, hostile: Hostile) -> list[object]:
        request = Request("GET", hostile.url("ok"))
        return [await client.http(request, ca=world.ca), await client.http(request, ca=world.ca)]

    first, second = visit(act, caps=PATIENT, tls=world.http1)

    assert isinstance(first, HttpExchange)
    assert isinstance(second, HttpExchange)
    assert (first.http_version, first.body) == ("1.1", b"hello")
    assert first.phases.tls is not None
    assert (second.phases.tls, second.reused) == (None, True)


def test_warm_over_tls(world: World) -> None:
    """Warming makes the handshake, and the next request tells it."""

    async def act(client: HttpClient, hostile: Hostile) -> tuple[object, object, int]:
        url = hostile.url("ok")
        warmed = await client.warm(url, ca=world.ca)
        return warmed, await client.http(Request("POST", url), ca=world.ca), hostile.connections

    warmed, answer, connections = visit(act, caps=PATIENT, tls=world.http1)

    assert isinstance(warmed, TcpConnection)
    assert isinstance(answer, HttpExchange)
    assert warmed.phases.tls is not None
    if connections == 1:  # a POST takes no connection on which something waits, such as a session ticket
        assert answer.phases.tls == warmed.phases.tls


@pytest.mark.parametrize("which", ["expired", "wrong_name", "untrusted"])
def test_request_refuses(world: World, which: str) -> None:
    """A request and a warming never go to a server that is not trusted."""

    async def act(client: HttpClient, hostile: Hostile) -> list[object]:
        url = hostile.url("ok")
        seen: list[object] = [await client.http(Request("GET", url), ca=world.ca), await client.warm(url, ca=world.ca)]
        assert hostile.heads == []
        return seen

    for answer in visit(act, caps=PATIENT, tls=getattr(world, which)):
        assert isinstance(answer, Unmeasured)
        assert (answer.kind, answer.connected) == (Kind.TLS, True)
        assert "is not trusted" in answer.detail


@pytest.mark.parametrize("name", ["reset", "body_short", "until_close", "stalls_in_body"])
def test_misbehaviour_over_tls(world: World, name: str) -> None:
    """Broken answers have the same kinds over TLS."""
    kinds = {"reset": Kind.RESET, "body_short": Kind.PROTOCOL, "stalls_in_body": Kind.TIMEOUT}
    caps = Caps(timeout=1)

    async def act(client: HttpClient, hostile: Hostile) -> HttpExchange | Unmeasured:
        return await client.http(Request("GET", hostile.url(name)), ca=world.ca)

    answer = visit(act, caps=caps, tls=world.http1)

    if name in kinds:
        assert isinstance(answer, Unmeasured)
        assert answer.kind == kinds[name]
    else:
        assert isinstance(answer, HttpExchange)
