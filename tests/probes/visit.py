"""One request to the misbehaving server, and the register of its behaviours."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable

Behaviour = Callable[["Visit"], Awaitable[None]]
BEHAVIOURS: dict[str, Behaviour] = {}


class Visit:
    """One request: its head, and the means to answer it badly."""

    def __init__(self, port: int, head: bytes, writer: asyncio.StreamWriter) -> None:
        self.port = port
        self.head = head
        self.writer = writer
        self.keep_open = False

    @property
    def path(self) -> str:
        """The path without its query."""
        return self.head.split(b" ", 2)[1].decode().partition("?")[0]

    async def send(self, data: bytes) -> None:
        """Send just this."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, body: bytes, *headers: str, status: str = "200 OK", length: bool = True) -> None:
        """Send an answer and keep the connection; the length is announced unless the headers do it."""
        lines = [f"HTTP/1.1 {status}", *headers]
        if length:
            lines.append(f"content-length: {len(body)}")
        await self.send("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body)
        self.keep_open = True

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def behaviour(function: Behaviour) -> Behaviour:
    """Register a behaviour under its name."""
    BEHAVIOURS[function.__name__] = function
    return function
