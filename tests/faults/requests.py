"""Requests that are handled in a broken way; all others are not touched."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from tests.faults.asgi import Wrap, again, drain, send_whole


def refusing(path: str, holds: bytes, status: int, body: object, *, after: float = 0.0) -> Wrap:
    """A request for this path whose body holds these bytes is answered like this, a while later."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["path"] != path:
                await app(scope, receive, send)
                return
            asked = await drain(receive)
            if holds in asked:
                await asyncio.sleep(after)
                raw = body if isinstance(body, bytes) else json.dumps(body).encode()
                await send_whole(send, status, raw, "application/json")
            else:
                await app(scope, again(asked, receive), send)

        return broken

    return wrap


def asking(path: str, edit: Callable[[dict[str, Any]], None]) -> Wrap:
    """The application gets another request than was sent to this path."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["path"] != path:
                await app(scope, receive, send)
                return
            asked = await drain(receive)
            try:
                document = json.loads(asked)
                edit(document)
                asked = json.dumps(document).encode()
            except ValueError:
                pass
            headers = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
            headers.append((b"content-length", str(len(asked)).encode()))
            await app({**scope, "headers": headers}, again(asked, receive), send)

        return broken

    return wrap


def waiting(path: str, seconds: float) -> Wrap:
    """This path is answered a while later; others are not held up."""
    return _first(path, lambda: asyncio.sleep(seconds))


def blocking(path: str, seconds: float) -> Wrap:
    """Work that stops the event loop stands in front of this path."""

    async def block() -> None:
        time.sleep(seconds)  # noqa: ASYNC251 - that is the fault

    return _first(path, block)


def _first(path: str, work: Callable[[], Awaitable[None]]) -> Wrap:
    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http" and scope["path"] == path:
                await work()
            await app(scope, receive, send)

        return broken

    return wrap
