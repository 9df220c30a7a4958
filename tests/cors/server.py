"""A stand-in for a web service: it answers each path with exactly the header bytes that were laid down for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from tests.parts.listening import Listening

ORIGIN: Final = b"{origin}"  # in a header line: the origin that asked
_BODY: Final = b"seen"


@dataclass(frozen=True, slots=True)
class Reply:
    """A status and header lines, sent as they are."""

    status: int = 200
    lines: tuple[bytes, ...] = ()

    def written(self, origin: bytes, *, body: bytes = _BODY) -> bytes:
        """The whole answer."""
        empty = self.status in (204, 304)
        framed = [] if empty else [b"Content-Length: %d" % len(body), b"Content-Type: text/html"]
        head = [b"HTTP/1.1 %d Any" % self.status, *framed, *self.lines]
        return b"\r\n".join(line.replace(ORIGIN, origin) for line in head) + b"\r\n\r\n" + (b"" if empty else body)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that arrived."""

    method: str
    path: str
    headers: Mapping[str, str]


class ExactServer(Listening):
    """Answers on loopback until the context is left; `asked` is everything that arrived, in order.

    A path that has no reply of its own is an empty page, whatever the method.
    """

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._replies: dict[tuple[str, str], Reply] = {}
        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._answer)))

    def lay_down(self, path: str, answer: Reply, preflight: Reply | None = None) -> None:
        """How a path answers, and how it answers the question of a browser before."""
        self._replies["", path] = answer
        self._replies["OPTIONS", path] = preflight or answer

    def methods(self, path: str) -> list[str]:
        """The methods by which a path was asked, in order."""
        return [one.method for one in self.asked if one.path == path]

    def _answer(self, asked: Asked) -> bytes:
        self.asked.append(asked)
        method = "OPTIONS" if asked.method == "OPTIONS" else ""
        reply = self._replies.get((method, asked.path))
        if reply is None:
            return Reply().written(b"", body=b"<!doctype html><title>page</title>")
        return reply.written(asked.headers.get("origin", "").encode("latin-1"))


def _handler(answer: Callable[[Asked], bytes]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def __getattr__(self, name: str) -> object:
            if name.startswith("do_"):  # every method is answered alike
                return self._any
            raise AttributeError(name)

        def _any(self) -> None:
            self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reply = answer(Asked(self.command, self.path, headers))
            body_follows = self.command != "HEAD"
            self.wfile.write(reply if body_follows else reply.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")

        def log_message(self, *_: object) -> None:
            """Requests are kept, not printed."""

    return Handler
