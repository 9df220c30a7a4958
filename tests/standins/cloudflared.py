"""StandInCloudflared: what cloudflared writes and serves while it is connected, which it only is to its own edge.

The lines and metrics are those that cloudflared documents and prints; whatever it says while it is not connected, the
tests have from the real program.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from tests.parts.listening import Listening

GAUGE: Final = "cloudflared_tunnel_ha_connections"
START: Final = "2026-01-02T12:00:00Z INF Starting tunnel tunnelID=4f1c2aa0-0000-4000-8000-000000000000"
REFUSED: Final = (
    '2026-01-02T12:00:02Z ERR Register tunnel error from server side error="Unauthorized: Invalid tunnel secret" '
    "connIndex=0 event=0 ip=198.41.200.13"
)


def registered(index: int) -> str:
    """A line on a terminal: a connection is there."""
    place = f"connIndex={index} connection=0f7a3c51-0000-4000-8000-00000000000{index} event=0"
    told = f"{place} ip=198.41.200.13 location=fra03 protocol=quic"
    return f"2026-01-02T12:00:0{index}Z INF Registered tunnel connection {told}"


def lost(index: int) -> Sequence[str]:
    """Lines on a terminal: a connection is gone."""
    told = 'error="timeout: no recent network activity"'
    place = f"connIndex={index} event=0 ip=198.41.200.13"
    return (
        f"2026-01-02T12:30:00Z ERR Failed to serve tunnel connection {told} {place}",
        f"2026-01-02T12:30:00Z ERR Serve tunnel error {told} {place}",
        f"2026-01-02T12:30:00Z INF Retrying connection in up to 1s {place}",
    )


def as_file(lines: Sequence[str]) -> str:
    """The same lines as they go to a file: JSON, one object a line."""
    return "".join(json.dumps(_fields(line)) + "\n" for line in lines)


def _fields(line: str) -> dict[str, object]:
    time, level, rest = line.split(" ", 2)
    words = {"INF": "info", "ERR": "error", "WRN": "warn"}
    message, *pairs = rest.replace(" error=", "\0error=").replace(" connIndex=", "\0connIndex=").split("\0")
    told: dict[str, object] = {"level": words[level], "time": time, "message": message}
    for pair in pairs:
        key, _, value = pair.partition("=")
        told[key] = int(value.split()[0]) if key == "connIndex" else value.strip('"')
    return told


class StandInCloudflared(Listening):
    """Serves /ready and /metrics; one that is `old` has no /ready."""

    def __init__(self, connections: int, *, old: bool = False) -> None:
        handler = type("Handler", (_Handler,), {"connections": connections, "old": old})
        super().__init__(ThreadingHTTPServer(("127.0.0.1", 0), handler))
        self.url = f"http://127.0.0.1:{self.port}"


class _Handler(BaseHTTPRequestHandler):
    connections = 0
    old = False

    def do_GET(self) -> None:
        """Answer as cloudflared does."""
        if self.path == "/metrics":
            text = f"# HELP {GAUGE} Number of active ha connections\n# TYPE {GAUGE} gauge\n{GAUGE} {self.connections}\n"
            self._send(200, text.encode(), "text/plain; version=0.0.4; charset=utf-8")
        elif self.path == "/ready" and not self.old:
            status = 200 if self.connections else 503
            told = {"status": status, "readyConnections": self.connections, "connectorId": "0f7a3c51"}
            self._send(status, json.dumps(told).encode(), "text/plain; charset=utf-8")
        else:
            self._send(404, b"404 page not found\n", "text/plain; charset=utf-8")

    def _send(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing."""
