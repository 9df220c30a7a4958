"""The server over real sockets: right answers, and bounds against who would hold it up."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Iterator, Mapping

import httpx
import pytest

from opscheck.errors import OptionError
from opscheck.watch import server as module
from opscheck.watch.server import MOST, Answer, StatusServer


def _route(path: str, headers: Mapping[str, str]) -> Answer | None:
    if path == "/broken":
        raise RuntimeError("a fault in a page")
    if path == "/accept":
        return Answer(200, "text/plain", headers.get("accept", "").encode())
    return Answer(200, "text/plain; charset=utf-8", b"here\n") if path == "/" else None


@pytest.fixture
def served() -> Iterator[StatusServer]:
    """A server on a free port of loopback."""
    server = StatusServer("127.0.0.1", 0, _route)
    server.start()
    yield server
    server.stop()


def _ask(server: StatusServer, raw: bytes, *, seconds: float = 15.0) -> bytes:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=seconds) as connection:
        connection.sendall(raw)
        got = b""
        try:
            while part := connection.recv(65_536):
                got += part
        except ConnectionResetError:
            pass
        return got


def test_get_and_head(served: StatusServer) -> None:
    """HEAD has the headers of GET and no body; queries are no part of the path."""
    with httpx.Client(base_url=served.url, trust_env=False) as client:
        got = client.get("/?a=1")
        head = client.head("/")

    assert (got.status_code, got.text) == (200, "here\n")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == "5"
    for name, value in (("cache-control", "no-store"), ("x-content-type-options", "nosniff")):
        assert got.headers[name] == head.headers[name] == value
    assert "python" not in got.headers["server"].lower()


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"HEAD /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n", b"405"),
        (b"DELETE / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
        (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
        (b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"501"),
        (b"GET /broken HTTP/1.1\r\nHost: localhost\r\n\r\n", b"500"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 20_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(400)) + b"\r\n", b"431"),
        (b"GET / HTTP/1.1\r\n" + b"".join(b"X-%d: %s\r\n" % (n, b"y" * 900) for n in range(50)) + b"\r\n", b"431"),
        (b"GET / HTTP/7.0\r\n\r\n", b"505"),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", b"400"),
    ],
)
def test_what_is_not_right_is_said_right(served: StatusServer, raw: bytes, status: bytes) -> None:
    """404, 405 with what is allowed, 431, 500 without the fault's own words; the server goes on."""
    got = _ask(served, raw)

    assert got.split(b" ", 2)[1] == status
    assert b"fault in a page" not in got
    if status == b"405":
        assert b"Allow: GET, HEAD\r\n" in got
    assert httpx.get(served.url, trust_env=False).status_code == 200


def test_a_request_line_without_end_is_cut(served: StatusServer) -> None:
    """A path of megabytes is not read to its end."""
    assert _ask(served, b"GET /" + b"a" * 17_000).split(b" ", 2)[1] == b"414"


def test_who_drips_is_cut_off(served: StatusServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then keeps no connection for longer than a request may take in all."""
    monkeypatch.setattr(module, "_HEAD_SECONDS", 1.5)
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", served.server_port), timeout=20) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n")
        connection.settimeout(0.2)
        cut = False
        while time.monotonic() - began < 15 and not cut:
            try:
                connection.sendall(b"X")
                cut = connection.recv(1000) == b""
            except TimeoutError:
                continue
            except OSError:
                cut = True
    assert cut
    assert time.monotonic() - began < 10


def test_connections_are_bounded(served: StatusServer) -> None:
    """With all of them held, the next one is turned away at once; once they are gone, it is served."""
    before = threading.active_count()
    held = [socket.create_connection(("127.0.0.1", served.server_port), timeout=10) for _ in range(MOST)]
    try:
        for connection in held:
            connection.sendall(b"GET / HT")
        deadline = time.monotonic() + 10
        got = b""
        while b"503" not in got and time.monotonic() < deadline:
            got = _ask(served, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert got.startswith(b"HTTP/1.1 503 ")
        assert threading.active_count() <= before + 2 * MOST + 2
    finally:
        for connection in held:
            connection.close()
    deadline = time.monotonic() + 15
    status = 0
    while status != 200 and time.monotonic() < deadline:
        status = httpx.get(served.url, trust_env=False).status_code
    assert status == 200


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost", b"200"),
        ("LOCALHOST:{port}", b"200"),
        ("localhost.:{port}", b"200"),
        ("127.0.0.1:{port}", b"200"),
        ("[::1]:{port}", b"200"),
        ("[::1]", b"200"),
        ("evil.example:{port}", b"421"),
        ("127.0.0.1.evil.example", b"421"),
        ("localhost.evil.example:{port}", b"421"),
        ("localhost@evil.example", b"421"),
        ("10.0.0.1", b"421"),
        ("", b"421"),
        ("localhost\r\nHost: evil.example", b"421"),
    ],
)
def test_on_loopback_only_loopback_is_served(served: StatusServer, host: str, status: bytes) -> None:
    """A page in a browser whose own name was made to lead here reads nothing."""
    named = host.format(port=served.server_port)
    got = _ask(served, f"GET / HTTP/1.1\r\nHost: {named}\r\n\r\n".encode())

    assert got.split(b" ", 2)[1] == status
    assert got.endswith(b"here\n") is (status == b"200")


def test_the_name_that_it_was_bound_by_is_served(served: StatusServer) -> None:
    """Where that leads to loopback; and one that is served to others is asked by whatever name they have for it."""
    served._bound = "Ops.Internal"
    asked = b"GET / HTTP/1.1\r\nHost: ops.internal\r\n\r\n"
    assert _ask(served, asked).endswith(b"here\n")
    everywhere = StatusServer("0.0.0.0", 0, _route)
    everywhere.start()
    try:
        assert _ask(everywhere, asked).endswith(b"here\n")
    finally:
        everywhere.stop()


def test_half_heads_do_not_hold_it_up(served: StatusServer) -> None:
    """All connections taken by who drips: others are served again within a few seconds."""
    held = [socket.create_connection(("127.0.0.1", served.server_port), timeout=10) for _ in range(MOST)]
    ended = threading.Event()

    def drip() -> None:
        while not ended.wait(0.5):
            for connection in held:
                with contextlib.suppress(OSError):
                    connection.sendall(b"X")

    for connection in held:
        connection.sendall(b"GET / HT")
    dripping = threading.Thread(target=drip)
    dripping.start()
    began = time.monotonic()
    try:
        asked = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
        assert _ask(served, asked).startswith(b"HTTP/1.1 503 ")
        while not _ask(served, asked).endswith(b"here\n") and time.monotonic() < began + 30:
            time.sleep(0.1)
        assert time.monotonic() - began < 7
    finally:
        ended.set()
        dripping.join()
        for connection in held:
            connection.close()


def test_a_taken_port_is_told(served: StatusServer) -> None:
    """Two watchers do not answer in turns."""
    with pytest.raises(OptionError, match=r"--serve .*cannot listen there"):
        StatusServer("127.0.0.1", served.server_port, _route)


def test_ipv6_loopback() -> None:
    """An address in brackets, where this machine has it."""
    try:
        server = StatusServer("::1", 0, _route)
    except OptionError as error:
        pytest.skip(str(error))
    server.start()
    try:
        assert httpx.get(server.url, trust_env=False).text == "here\n"
    finally:
        server.stop()
