"""StandInRedis: speaks enough of Redis's protocol to be logged in to and written to, and forgets what it is given."""

from __future__ import annotations

import socketserver
from typing import Final

from tests.parts.listening import Listening

_INFO: Final = "\r\n".join(
    (
        "# Server",
        "redis_version:7.0.0",
        "role:master",
        "loading:0",
        "connected_clients:1",
        "maxclients:100",
        "used_memory:1000",
        "maxmemory:0",
        "maxmemory_policy:noeviction",
        "rdb_last_bgsave_status:ok",
    )
)
_REPLIES: Final = {"PING": b"+PONG", "GET": b"$-1", "DEL": b":0", "INFO": f"${len(_INFO)}\r\n{_INFO}".encode()}


class _Client(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Answer commands, whatever the login, until the client leaves."""
        while (command := self._command()) is not None:
            self.wfile.write(_REPLIES.get(command, b"+OK") + b"\r\n")

    def _command(self) -> str | None:
        head = self.rfile.readline()
        if not head.startswith(b"*"):
            return None
        words = []
        for _ in range(int(head[1:])):
            length = int(self.rfile.readline()[1:])
            words.append(self.rfile.read(length + 2)[:-2].decode())
        return words[0].upper()


class StandInRedis(Listening):
    """Says OK to everything, and has nothing when it is asked."""

    def __init__(self) -> None:
        super().__init__(socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Client))
        self.url = f"redis://127.0.0.1:{self.port}"
