"""StandInWeb: an HTTP server that answers by table, counts what it is asked and how many at a time."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self


@dataclass
class StandInWeb:
    """Answers `GET /path` with `answers[path]` (status, body) after `delay` seconds; everything else with `{}`.

    Attributes:
        unknown: the status of everything else.
        asked: requests by path.
        most: the most requests that were under way at the same time.
        heads: the request heads as received.
    """

    answers: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    delay: float = 0.0
    unknown: int = 200
    asked: Counter[str] = field(default_factory=Counter)
    at: list[tuple[str, float]] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    most: int = 0
    connections: int = 0
    _now: int = 0

    def __enter__(self) -> Self:
        """Listen on a free loopback port."""
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        ready.wait(5)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._loop.call_soon_threadsafe(self._stopped.set_result, None)
        self._thread.join(5)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve(ready))
        finally:
            self._loop.close()

    async def _serve(self, ready: threading.Event) -> None:
        self._stopped: asyncio.Future[None] = self._loop.create_future()
        self._tasks: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._client, "127.0.0.1", 0, backlog=1024)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._stopped
        server.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
        self.connections += 1
        try:
            while await self._answer(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            if task is not None:
                self._tasks.discard(task)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        self._now += 1
        self.most = max(self.most, self._now)
        path = head.split(" ", 2)[1].partition("?")[0]
        self.asked[path] += 1
        self.at.append((path, time.monotonic()))
        self.heads.append(head)
        length = next((int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0)
        await reader.readexactly(length)
        if self.delay:
            await asyncio.sleep(self.delay)
        status, body = self.answers.get(path, (self.unknown, b"{}"))
        kind = "text/html" if body.startswith(b"<") else "text/plain" if body.startswith(b"# ") else "application/json"
        lines = (f"HTTP/1.1 {status} X", f"content-type: {kind}", f"content-length: {len(body)}", "", "")
        writer.write("\r\n".join(lines).encode() + body)
        await writer.drain()
        self._now -= 1
        return True
