"""Applications on sockets: several servers in one event loop, without touching the process around them."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import uvicorn

if TYPE_CHECKING:
    from fastapi import FastAPI

_BACKLOG = 2048
_POLL_S = 0.002


@dataclass(frozen=True, slots=True)
class Listener:
    """A bound socket and the application that will answer on it."""

    name: str
    socket: socket.socket
    app: FastAPI

    @property
    def url(self) -> str:
        """Give the address as a base URL."""
        return url_of(self.socket)


class _Server(uvicorn.Server):
    """A server that leaves the process's signal handlers alone."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        yield


def bind(host: str, port: int) -> socket.socket:
    """Bind and listen, so that the port is known and connections wait before the server runs. Port 0 takes any.

    Raises:
        OSError: it cannot; what it says names the address and the port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio switches Nagle's delay off only on sockets that say they are TCP: with it
    # on, the small events of a stream arrive in bursts of 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        bound.listen(_BACKLOG)
    except BaseException as error:
        bound.close()
        if isinstance(error, OSError):
            shown = f"[{host}]" if family == socket.AF_INET6 else host
            raise OSError(error.errno, f"{shown}:{port}: {error.strerror or error}") from error
        raise
    return bound


def url_of(bound: socket.socket) -> str:
    """Give a bound socket's base URL."""
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


class Serving:
    """Servers that run together: they start together, and `stop` lets each end what it has begun."""

    def __init__(self, listeners: list[Listener], *, grace_s: int) -> None:
        self._listeners = listeners
        self._servers = [_Server(_config(listener.app, grace_s)) for listener in listeners]
        self._ended: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start all servers and return when each takes requests; raise when one cannot."""
        self._ended = [
            asyncio.create_task(server.serve([listener.socket]))
            for server, listener in zip(self._servers, self._listeners, strict=True)
        ]
        while not all(server.started for server in self._servers):
            for task in self._ended:
                if task.done():
                    raise RuntimeError("a server ended before it had started") from task.exception()
            await asyncio.sleep(_POLL_S)

    def stop(self) -> None:
        """Ask all servers to end; `wait` tells when they have."""
        for server in self._servers:
            server.should_exit = True

    async def wait(self) -> None:
        """Wait until all servers have ended."""
        await asyncio.gather(*self._ended)


def _config(app: FastAPI, grace_s: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        loop="asyncio",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=grace_s,
    )
