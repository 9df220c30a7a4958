"""RelayedEngine: hands every question on to a real engine, and adds a build cache to what it tells of its disk.

Building with a cache takes a builder that is not there everywhere; all else of the answer is the engine's own.
"""

from __future__ import annotations

import http.client
import json
import socket
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from typing import Any

from tests.parts.listening import Listening


class RelayedEngine(Listening):
    """Listens on a socket of its own from entering the context to leaving it."""

    def __init__(self, path: Path, engine: str, *, build_cache: int) -> None:
        self.url = f"unix://{path}"
        handler = type("Handler", (_Handler,), {"engine": engine.removeprefix("unix://"), "cache": build_cache})
        super().__init__(ThreadingUnixStreamServer(str(path), handler))


class _Handler(BaseHTTPRequestHandler):
    engine = ""
    cache = 0

    def do_GET(self) -> None:
        """Ask the engine the same."""
        asked = http.client.HTTPConnection("docker", timeout=30)
        asked.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        asked.sock.connect(self.engine)
        try:
            asked.request("GET", self.path)
            answer = asked.getresponse()
            body = answer.read()
            if self.path.endswith("/system/df"):
                told: dict[str, Any] = json.loads(body)
                told["BuildCache"] = [{"ID": "a", "Size": self.cache, "Shared": False}]
                body = json.dumps(told).encode()
            self.send_response(answer.status)
            self.send_header("Api-Version", answer.getheader("Api-Version", ""))
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        finally:
            asked.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""

    def address_string(self) -> str:
        """A socket's caller has no address."""
        return "caller"
