"""StandInApp: a service whose counters never move, and whose log tells a request's id but never its trace."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

from tests.parts.listening import Listening

_METRICS: Final = b'# TYPE http_requests_total counter\nhttp_requests_total{route="/x"} 5\n'


class StandInApp(Listening):
    """Answers everything with `{}`, `/metrics` with what never changes, and writes a line for each to `log`."""

    def __init__(self, log: Path) -> None:
        log.touch()

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                metrics = self.path == "/metrics"
                body = _METRICS if metrics else b"{}"
                with log.open("a") as lines:
                    lines.write(json.dumps({"path": self.path, "request": self.headers.get("x-request-id")}) + "\n")
                self.send_response(200)
                self.send_header("content-type", "text/plain; version=0.0.4" if metrics else "application/json")
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Keep the test's output clean."""

        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        self.url = f"http://127.0.0.1:{self.port}"
