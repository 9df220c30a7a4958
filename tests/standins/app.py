"""StandInApp: a service whose counters never move, and whose log tells a request's id but never its trace."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Final, Self

_METRICS: Final = b'# TYPE http_requests_total counter\nhttp_requests_total{route="/x"} 5\n'


class StandInApp:
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

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
