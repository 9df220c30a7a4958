"""A response of server-sent events that keeps a quiet line alive and lets go of its source when nobody listens."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING

from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_KEEPALIVE = b": keepalive\n\n"
_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


async def with_keepalive(events: AsyncIterator[bytes], every_s: float) -> AsyncGenerator[bytes]:
    """Give the events, and a comment whenever none came for `every_s`; waiting for one is never interrupted."""
    pending: asyncio.Task[bytes | None] | None = None
    try:
        while True:
            if pending is None:
                pending = asyncio.ensure_future(_next(events))
            done, _ = await asyncio.wait({pending}, timeout=every_s)
            if not done:
                yield _KEEPALIVE
                continue
            event, pending = pending.result(), None
            if event is None:
                return
            yield event
    finally:
        if pending is not None:
            pending.cancel()
            await asyncio.gather(pending, return_exceptions=True)


async def _next(events: AsyncIterator[bytes]) -> bytes | None:
    return await anext(events, None)


class EventStream(StreamingResponse):
    """A response that sends each event as soon as it is there."""

    def __init__(self, events: AsyncGenerator[bytes], *, keepalive_s: float) -> None:
        super().__init__(events, headers=_HEADERS, media_type="text/event-stream")
        self._events = events
        self._keepalive_s = keepalive_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - the ASGI signature
        """Send until the events end or the client has gone; either way the source is closed before this returns."""
        sender = asyncio.ensure_future(self._send(send))
        leaver = asyncio.ensure_future(_gone(receive))
        try:
            await asyncio.wait({sender, leaver}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sender, leaver):
                if not task.done():
                    task.cancel()
            results = await asyncio.gather(sender, leaver, return_exceptions=True)
        if isinstance(results[0], Exception):
            raise results[0]

    async def _send(self, send: Send) -> None:
        async with aclosing(self._events), aclosing(with_keepalive(self._events, self._keepalive_s)) as events:
            await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
            async for event in events:
                await send({"type": "http.response.body", "body": event, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
