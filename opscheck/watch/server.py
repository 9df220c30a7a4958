"""A small HTTP server for metrics, health and the status page: bounded in connections, bytes and time.

It answers from what is known and asks nobody, so that whoever scrapes it, and however often, costs the watched hosts
nothing.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from opscheck.errors import OptionError
from opscheck.report.visible import visible

MOST: Final = 32  # connections at a time; the next one is turned away with 503
_SECONDS: Final = 10.0  # that an answer may take, however slowly it is taken
_HEAD_SECONDS: Final = 2.0  # that a request's head may take in all, however it drips: a scraper sends it at once
_HEAD: Final = 16_384  # bytes of a request's head
_LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_METHODS: Final = "GET, HEAD"
_OTHERS: Final = {f"do_{name}" for name in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT")}
_BUSY: Final = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nretry-after: 1\r\nconnection: close\r\n\r\n"
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a route says."""

    status: int
    kind: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


Route = Callable[[str, Mapping[str, str]], Answer | None]
"""Takes a path and the request's headers by lower-case name; None where there is no such page."""


class _Head(io.RawIOBase):
    """A request's head, of which no more than its share is read."""

    def __init__(self, raw: Any) -> None:  # noqa: ANN401 - a socket's file
        self._raw = raw
        self._left = _HEAD

    def readline(self, size: int | None = -1) -> bytes:
        line: bytes = self._raw.readline(min(size if size is not None and size > 0 else _HEAD, self._left + 1))
        self._left -= len(line)
        if self._left < 0:
            raise http.client.LineTooLong("head")
        return line

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "opscheck"
    sys_version = ""
    timeout = 5.0
    default_request_version = "HTTP/1.0"  # what cannot be read gets an answer with a status line
    server: StatusServer

    def setup(self) -> None:
        """A timer ends what drips slower than a timeout for each read can see."""
        super().setup()
        self.rfile = _Head(self.rfile)  # type: ignore[assignment] # what the base class reads of it: lines
        self._limit(_HEAD_SECONDS)

    def _limit(self, seconds: float) -> None:
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.start()

    def parse_request(self) -> bool:
        """With the head at hand, the answer has time of its own."""
        try:
            return super().parse_request()
        finally:
            self._timer.cancel()
            self._limit(_SECONDS)

    def _cut(self) -> None:
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            return

    def finish(self) -> None:
        """The timer goes with the connection."""
        self._timer.cancel()
        try:
            super().finish()
        except OSError:
            return

    def handle(self) -> None:
        """One request a connection; a client that goes away is no news."""
        try:
            self.handle_one_request()
        except http.client.LineTooLong:  # of the request line; of a header the base class has seen to it
            self.requestline = self.command = ""
            self.request_version = "HTTP/1.1"
            self.send_error(414)
        except (OSError, http.client.HTTPException, ValueError):
            self.close_connection = True

    def do_GET(self) -> None:
        """Answer."""
        if not all(self.server.is_ours(one) for one in self.headers.get_all("host", ())):
            self._answer(Answer(421, "text/plain; charset=utf-8", b"this is not the host that was asked for\n"))
            return
        path = self.path.partition("?")[0]
        try:
            found = self.server.route(path, {name.lower(): value for name, value in self.headers.items()})
        except Exception:  # noqa: BLE001 - a fault in a page must not end the connection without an answer
            found = Answer(500, "text/plain; charset=utf-8", b"the page could not be made\n")
        self._answer(found or Answer(404, "text/plain; charset=utf-8", b"no such page\n"))

    def do_HEAD(self) -> None:
        """The same without a body."""
        self.do_GET()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - the base class looks for a method of that name
        if name in _OTHERS:
            return self._not_allowed
        raise AttributeError(name)

    def _not_allowed(self) -> None:
        body = b"only GET and HEAD\n"
        self._answer(Answer(405, "text/plain; charset=utf-8", body, {"Allow": _METHODS}))

    def _answer(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = {**_HEADERS, "Content-Type": answer.kind, "Content-Length": str(len(answer.body)), **answer.headers}
        for name, value in (*headers.items(), ("Connection", "close")):
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """A scrape is no news."""


class StatusServer(ThreadingHTTPServer):
    """Listens at once; serves from `start` until `stop`.

    Raises:
        OptionError: the address cannot be used.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64
    # Two watchers on one port would answer in turns.
    allow_reuse_port = False

    def __init__(self, host: str, port: int, route: Route) -> None:
        self.route = route
        self._bound = host
        self._free = threading.BoundedSemaphore(MOST)
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            super().__init__((host, port), _Handler)
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise OptionError(f"--serve {visible(f'{host}:{port}', 100)}: cannot listen there: {why}") from None
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.2}, name="opscheck-serve", daemon=True
        )

    @property
    def url(self) -> str:
        """Where it listens."""
        host, port = self.server_address[:2]
        return f"http://[{host!s}]:{port}" if self.address_family == socket.AF_INET6 else f"http://{host!s}:{port}"

    def is_ours(self, host: str) -> bool:
        """Whether a request may name this host.

        On loopback only this machine asks, but so does a page in its browser, whose name may have come to lead here
        (DNS rebinding); a server for others cannot know all of its names.
        """
        address = str(self.server_address[0])
        if not ipaddress.ip_address(address.partition("%")[0]).is_loopback:
            return True
        name = host.strip().lower()
        if not name.endswith("]"):  # an IPv6 address without a port
            before, colon, port = name.rpartition(":")
            name = before if colon and port.isascii() and (port.isdigit() or not port) else name
        return name.strip("[]").removesuffix(".") in {*_LOOPBACK, address, self._bound.lower()}

    def start(self) -> None:
        """Serve, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Listen no more."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        self.server_close()

    def server_bind(self) -> None:
        """As the base class, without asking a name server who we are."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - the base class says no more
        """Into a thread, where one is free."""
        if not self._free.acquire(blocking=False):
            try:
                request.setblocking(False)
                request.send(_BUSY)
            except OSError:
                pass
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as above
        """The thread's work."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._free.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """A connection that broke is no news."""
