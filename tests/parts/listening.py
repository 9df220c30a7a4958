"""Servers of the standard library that answer from entering a context to leaving it."""

from __future__ import annotations

import socketserver
import threading
from types import TracebackType
from typing import Self


class Listening:
    """Serves in a thread of its own; what is asked meanwhile is answered by the server's handlers."""

    def __init__(self, server: socketserver.TCPServer) -> None:
        self._server = server
        # Nobody waits for a client that keeps its connection open.
        server.daemon_threads = True  # type: ignore[attr-defined] # of the threading servers, which all of them are
        self._thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        """Where it listens, of a server that has a port."""
        return int(self._server.server_address[1])

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
