"""A raw HTTP server that misbehaves on command: the path names the behaviour."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from types import TracebackType
from typing import Self

from tests.probes import ill_behaved, streaming, well_behaved
from tests.probes.visit import BEHAVIOURS, Visit

__all__ = ["Hostile", "ill_behaved", "streaming", "well_behaved"]  # the modules register their behaviours


class Hostile:
    """Runs the server; `url("reset")` leads to the behaviour of that name.

    Attributes:
        connections: how many were accepted.
        heads: the head of every request.
        greeting: sent on every connection before anything is read.
    """

    def __init__(self, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None, greeting: bytes = b"") -> None:
        self._host = host
        self._tls = tls
        self._greeting = greeting
        self._tasks: set[asyncio.Task[None]] = set()
        self.connections = 0
        self.heads: list[bytes] = []
        self.writers: list[asyncio.StreamWriter] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, self._host, 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for writer in self.writers:
            writer.transport.abort()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.sleep(0.01)

    def url(self, name: str, host: str | None = None) -> str:
        """The URL of a behaviour."""
        shown = host or (f"[{self._host}]" if ":" in self._host else self._host)
        return f"{'https' if self._tls else 'http'}://{shown}:{self.port}/{name}"

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        self.writers.append(writer)
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError):
            if self._greeting:
                writer.write(self._greeting)
            while await self._serve(reader, writer):
                pass
        writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:") and b"/early" not in head:
                await reader.readexactly(int(line.partition(b":")[2]))
        visit = Visit(self.port, head, writer)
        await BEHAVIOURS.get(visit.path.strip("/").partition("/")[0], well_behaved.bad_request)(visit)
        if not visit.keep_open and not writer.transport.is_closing():
            writer.close()
        return visit.keep_open
