"""One request, one whole answer in time, or the reason why not."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from service.stack.asking import NoAnswer, ask

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\n"


@contextmanager
def server(act: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one connection with `act`; give the URL."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()

        def serve() -> None:
            with suppress(OSError), listener.accept()[0] as connection:
                connection.recv(65536)
                act(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/x"
        thread.join(10)


def trickle(connection: socket.socket) -> None:
    """Send a body a byte at a time, slower than anybody wants to wait."""
    connection.sendall(OK.replace(b"11", b"1000"))
    for _ in range(40):
        connection.sendall(b".")
        time.sleep(0.1)


def test_a_whole_answer() -> None:
    """Status and document."""
    with server(lambda connection: connection.sendall(OK + b'{"a":"bcd"}')) as url:
        answer = ask("GET", url)

    assert (answer.status, answer.good, answer.document()) == (200, True, {"a": "bcd"})


def test_what_is_no_object_is_an_empty_document() -> None:
    """A page of somebody else's, for example."""
    with server(lambda connection: connection.sendall(OK + b"<html></ht>")) as url:
        assert ask("GET", url).document() == {}


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda connection: connection.sendall(OK + b"half"), "no valid HTTP|cut off"),
        (lambda connection: connection.sendall(b"SSH-2.0\r\n\r\n"), "no valid HTTP"),
        (lambda _: None, "no valid HTTP|closed|reset"),
        (lambda _: time.sleep(3), "no answer within 1 s"),
        (trickle, "no answer within 1 s"),
    ],
    ids=["cut off", "no HTTP", "closed", "silent", "trickle"],
)
def test_anything_less_is_none(act: Callable[[socket.socket], None], told: str) -> None:
    """In time, and with the reason."""
    with server(act) as url:
        began = time.monotonic()
        with pytest.raises(NoAnswer, match=told):
            ask("GET", url, timeout_s=1.0)
        took = time.monotonic() - began

    assert took < 2.0


@pytest.mark.parametrize(
    ("url", "told"),
    [("http://127.0.0.1:9", "connection refused"), ("ftp://127.0.0.1", "is no address"), ("nonsense", "is no address")],
)
def test_nobody_there(url: str, told: str) -> None:
    """Refused, or no address at all."""
    with pytest.raises(NoAnswer, match=told):
        ask("GET", url)
