"""Two real origins on loopback: pages by table, and assets that answer as their query says."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Final, Self
from urllib.parse import parse_qs, urlsplit

SCRIPT: Final = b"window.ran = (window.ran || 0) + 1;\n"
STYLE: Final = b"body { color: rgb(1, 2, 3) }\n"
_KINDS: Final = {"js": (SCRIPT, "text/javascript"), "css": (STYLE, "text/css")}


@dataclass
class Origin:
    """A server; `a.js` and `a.css` in any folder are its assets, with knobs in their query.

    The knobs: acao and acac are the values of the CORS headers, acao=echo gives back the request's origin; gz
    compresses for whoever takes gzip; status is that of the answer; to redirects.
    """

    pages: dict[str, tuple[Mapping[str, str], str]] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)  # in place of a page's text
    loops: bool = False  # a redirect leads to another, and so on
    heads: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)

    def __enter__(self) -> Self:
        """Listen on a free port."""
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, target: str, asked: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        self.heads.append((target, asked))
        parts = urlsplit(target)
        if parts.path in self.pages:
            headers, html = self.pages[parts.path]
            return 200, {"content-type": "text/html", **headers}, self.raw.get(parts.path, html.encode())
        if self.loops and "to" in parts.query:
            return 302, {"location": f"{target}x"}, b""
        kind = parts.path.rpartition(".")[2]
        if kind not in _KINDS:
            return 404, {"content-type": "text/plain"}, b"no such page"
        return _asset(kind, {key: values[0] for key, values in parse_qs(parts.query).items()}, asked)


def _asset(kind: str, knobs: Mapping[str, str], asked: Mapping[str, str]) -> tuple[int, dict[str, str], bytes]:
    body, content_type = _KINDS[kind]
    headers = {"content-type": content_type}
    if "acao" in knobs:
        echo = asked.get("origin", "")
        headers["access-control-allow-origin"] = echo if knobs["acao"] == "echo" else knobs["acao"]
    if "acac" in knobs:
        headers["access-control-allow-credentials"] = knobs["acac"]
    if "to" in knobs:
        return 302, {**headers, "location": knobs["to"]}, b""
    if "gz" in knobs and "gzip" in asked.get("accept-encoding", ""):
        body, headers["content-encoding"] = gzip.compress(body), "gzip"
    return int(knobs.get("status", "200")), headers, body


def _handler(origin: Origin) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """Requests are kept in `heads`."""

        def do_GET(self) -> None:
            """Answer by table."""
            asked = {name.lower(): value for name, value in self.headers.items()}
            status, headers, body = origin.answer(self.path, asked)
            self.send_response(status)
            whole = {**headers, "content-length": str(len(body)), "cache-control": "no-store, no-transform"}
            for name, value in whole.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

    return Handler
