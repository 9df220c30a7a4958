"""ASGI applications on loopback, each in a thread with an event loop of its own: one that blocks blocks no other."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from collections.abc import Generator, Sequence
from types import TracebackType
from typing import Any, Self

import uvicorn

_START = 20.0
_STOP = 10.0


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def reserve() -> socket.socket:
    """A socket on a free port where nothing listens: connections are refused, and nobody else can take the port."""
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.bind(("127.0.0.1", 0))
    return bound


def bind() -> socket.socket:
    """A listening socket on a free port; connections wait until a server takes them."""
    bound = reserve()
    bound.listen(256)
    return bound


def url_of(bound: socket.socket) -> str:
    """The base URL of a socket."""
    return f"http://127.0.0.1:{bound.getsockname()[1]}"


class Served:
    """Applications on their sockets, from entering the context to leaving it."""

    def __init__(self, listeners: Sequence[tuple[socket.socket, Any]]) -> None:
        self._listeners = listeners
        self._servers = [_Server(_config(app)) for _, app in listeners]
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="fault", daemon=True)

    def __enter__(self) -> Self:
        """Start, and return once every application takes requests."""
        self._thread.start()
        waited = threading.Event()
        for _ in range(int(_START / 0.01)):
            if all(server.started for server in self._servers):
                return self
            if not self._thread.is_alive():
                break
            waited.wait(0.01)
        raise RuntimeError("a broken service is too broken: it did not start")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and wait until every socket is closed."""
        self.end()
        self._thread.join(_STOP)
        for bound, _ in self._listeners:
            bound.close()

    def end(self) -> None:
        """Begin to stop; leaving the context waits for it."""
        for server in self._servers:
            server.should_exit = True

    async def _serve(self) -> None:
        pairs = zip(self._servers, self._listeners, strict=True)
        await asyncio.gather(*(server.serve([bound]) for server, (bound, _) in pairs))


def _config(app: Any) -> uvicorn.Config:  # noqa: ANN401 - uvicorn takes any ASGI application
    return uvicorn.Config(
        app, loop="asyncio", ws="none", lifespan="on", log_config=None, access_log=False, timeout_graceful_shutdown=1
    )
