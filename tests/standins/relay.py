"""StandInRelay: passes bytes on to a real server, and stops passing its answers on, or lets them drip."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

_PIECE: Final = 65536


class StandInRelay:
    """A way to `target` that is lost after so many bytes of its answers.

    Args:
        passes: bytes of answers for each connection; those behind them never come.
        drips: seconds between single bytes behind those, in place of silence.
    """

    def __init__(self, target: int, *, passes: int, drips: float = 0.0) -> None:
        self._ended = threading.Event()
        outer = self

        class Client(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                """Pass on what comes, in both directions, until the client leaves."""
                with socket.create_connection(("127.0.0.1", target)) as server:
                    back = threading.Thread(target=outer._answers, args=(server, self.request), daemon=True)
                    back.start()
                    with suppress(OSError):
                        while piece := self.request.recv(_PIECE):
                            server.sendall(piece)
                    with suppress(OSError):
                        server.shutdown(socket.SHUT_RDWR)
                    back.join()

        self._passes, self._drips = passes, drips
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Client)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})

    def _answers(self, server: socket.socket, client: socket.socket) -> None:
        left = self._passes
        with suppress(OSError):
            while piece := server.recv(_PIECE):
                client.sendall(piece[:left])
                late = piece[left:]
                left = max(0, left - len(piece))
                for byte in late if self._drips else b"":
                    if self._ended.is_set():
                        return
                    time.sleep(self._drips)
                    client.sendall(bytes([byte]))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
