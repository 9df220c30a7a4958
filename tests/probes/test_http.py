"""What the HTTP probe sees of servers that behave, and of the edges that HTTP allows."""

from __future__ import annotations

import pytest

from opscheck.model import HttpExchange, Request, Unmeasured
from opscheck.probes import Caps, HttpClient
from tests.probes.asking import QUICK, seen, visit
from tests.probes.hostile import Hostile


def test_a_whole_exchange_is_seen() -> None:
    """Status, reason, version, duplicate headers in order, body and lengths are told."""
    answer = seen("ok")

    assert (answer.status, answer.reason, answer.http_version) == (200, "OK", "1.1")
    assert answer.header_values("x-one") == ("1", "2")
    assert (answer.body, answer.raw_length) == (b"hello", 5)


def test_phases_of_a_fresh_connection() -> None:
    """An address needs no dns phase; connect, first byte and total are measured, in that order."""
    phases = seen("ok").phases

    assert phases.dns is None
    assert phases.tls is None
    assert phases.connect is not None
    assert phases.first_byte is not None
    assert phases.total is not None
    assert phases.connect + phases.first_byte <= phases.total


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("early_hints", b"after"),
        ("chunked", b"abcdefg"),
        ("until_close", b"old style"),
        ("announces_upgrade", b"plain"),
        ("empty", b""),
        ("not_modified", b""),
        ("gzipped", b"hello " * 100),
        ("gzipped_twice", b"one,two"),
        ("deflated", b"hello"),
        ("deflated_raw", b"hello"),
        ("body_long", b"12345"),
    ],
)
def test_bodies(name: str, body: bytes) -> None:
    """Every way of framing and encoding a body that HTTP allows gives the body."""
    assert seen(name).body == body


def test_raw_length_leaves_out_the_framing() -> None:
    """The wire length of a chunked body counts its data and not its chunk sizes."""
    assert seen("chunked").raw_length == 7


def test_raw_length_is_before_decoding() -> None:
    """The wire length of a compressed body is the compressed one."""
    assert 0 < seen("gzipped").raw_length < 100


def test_head_has_no_body() -> None:
    """HEAD is whole with its headers, whatever length and encoding they announce."""
    answer = seen("head", method="HEAD")

    assert answer.header("content-length") == "500"
    assert answer.body == b""


def test_http_1_0() -> None:
    """An HTTP/1.0 answer says so."""
    assert seen("until_close").http_version == "1.0"


def test_bad_utf8_is_kept() -> None:
    """Bytes that are no UTF-8 stay as they are in the body and show as Latin-1 in a header."""
    answer = seen("bad_utf8")

    assert answer.body == b"\xff\xfe caf\xe9"
    assert answer.header("x-latin") == "café"


def test_early_answer() -> None:
    """An answer that comes before the request's body was read is the answer."""
    assert seen("early", method="POST", body=b"x" * 1000).status == 413


def test_greeting_before_the_request() -> None:
    """A server that speaks before it is asked is told or taken at its word; the probe never hangs on it."""

    async def act(client: HttpClient, hostile: Hostile) -> object:
        return await client.http(Request("GET", hostile.url("ok")))

    answer = visit(act, greeting=b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi")

    if isinstance(answer, HttpExchange):
        assert answer.body == b"hi"
    else:
        assert isinstance(answer, Unmeasured)
        assert "spoke before it was asked" in answer.detail


def test_what_is_sent() -> None:
    """The path is encoded, the host named, the body measured, and given headers win over defaults."""

    async def act(client: HttpClient, hostile: Hostile) -> bytes:
        url = hostile.url("echo/é x") + "?q=a b&r=%20"
        await client.http(Request("POST", url, (("User-Agent", "mine"),), b"body"))
        return hostile.heads[0]

    head = visit(act)

    assert head.startswith(b"POST /echo/%C3%A9%20x?q=a%20b&r=%20 HTTP/1.1\r\n")
    assert head.count(b"ser-") == 1
    assert b"User-Agent: mine\r\n" in head
    assert b"host: 127.0.0.1:" in head
    assert b"content-length: 4\r\n" in head
    assert b"accept-encoding: gzip, deflate\r\n" in head


def test_ipv6() -> None:
    """An IPv6 literal is connected to and named with brackets."""

    async def act(client: HttpClient, hostile: Hostile) -> object:
        return await client.http(Request("GET", hostile.url("echo")))

    try:
        answer = visit(act, host="::1")
    except OSError:
        pytest.skip("no IPv6 loopback here")

    assert isinstance(answer, HttpExchange)
    assert b"host: [::1]:" in answer.body


def test_caps_of_one_request() -> None:
    """The caps of a request replace those of the client."""

    async def act(client: HttpClient, hostile: Hostile) -> object:
        return await client.http(Request("GET", hostile.url("ok")), caps=Caps(timeout=1, body=4))

    assert not isinstance(visit(act, caps=QUICK), HttpExchange)
