"""A small upstream for the proxy tests."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

EVENTS = 4
EVENT_GAP_SECONDS = 0.15


def eventually(holds: Callable[[], bool], deadline: float = 15) -> bool:
    """Whether `holds` comes true in time."""
    ends = time.monotonic() + deadline
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.1)
    return False


class EchoHandler(BaseHTTPRequestHandler):
    """Answers with the path and headers it saw, or under /stream with events a little apart."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Answer any GET with 200."""
        if self.path == "/stream":
            self._stream()
            return
        body = json.dumps({"path": self.path, "headers": dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("X-Accel-Buffering", "no")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(EVENTS):
            if number:
                time.sleep(EVENT_GAP_SECONDS)
            self.wfile.write(f"data: {number}\n\n".encode())
            self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Keep the test's output clean."""


@pytest.fixture(scope="session")
def upstream() -> Iterator[str]:
    """Serve the echo on a free port of 127.0.0.1 and return its base URL."""
    with ThreadingHTTPServer(("127.0.0.1", 0), EchoHandler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
