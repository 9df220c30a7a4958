"""Takes what Alertmanager posts, and keeps it for the test to look at."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.parts.listening import Listening
from tests.parts.process import LOOPBACK


class Webhook(Listening):
    """An HTTP server whose `url` takes JSON by POST with `status`; `wait` gives what has come. A context manager."""

    def __init__(self, status: int = 200) -> None:
        self.received: list[dict[str, Any]] = []
        self.status = status
        self._came = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                status = outer.status
                outer._take(json.loads(body))  # before the answer: whoever has it may look
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
                """Keep the test's output clean."""

        super().__init__(ThreadingHTTPServer((LOOPBACK, 0), Handler))
        self.url = f"http://{LOOPBACK}:{self.port}/alerts"

    def wait(self, alertname: str, *, deadline: float = 15.0) -> dict[str, Any] | None:
        """Return the first alert of that name, as it was posted; None when none has come within `deadline`."""
        with self._came:
            self._came.wait_for(lambda: self._find(alertname) is not None, timeout=deadline)
            return self._find(alertname)

    def _find(self, alertname: str) -> dict[str, Any] | None:
        alerts = (alert for post in self.received for alert in post.get("alerts", ()))
        return next((alert for alert in alerts if alert.get("labels", {}).get("alertname") == alertname), None)

    def _take(self, post: dict[str, Any]) -> None:
        with self._came:
            self.received.append(post)
            self._came.notify_all()
