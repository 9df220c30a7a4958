"""Streams that are broken in one way."""

from __future__ import annotations

from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.faults.asgi import Wrap


def held(change: Callable[[list[bytes]], list[bytes]]) -> Wrap:
    """A stream is held until it is whole, changed, and then sent at once."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            held: list[bytes] | None = None

            async def watched(message: Message) -> None:
                nonlocal held
                if message["type"] == "http.response.start":
                    stream = dict(message["headers"]).get(b"content-type", b"").startswith(b"text/event-stream")
                    held = [] if stream else None
                if held is None or message["type"] == "http.response.start":
                    await send(message)
                    return
                held.append(message.get("body", b""))
                if not message.get("more_body", False):
                    body = b"".join(change(held))
                    await send({"type": "http.response.body", "body": body, "more_body": False})

            await app(scope, receive, watched)

        return broken

    return wrap


def dropping(part: bytes) -> Wrap:
    """Pieces of a stream that hold these bytes are not sent; the others are, as they come."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            async def watched(message: Message) -> None:
                if part not in message.get("body", b""):
                    await send(message)

            await app(scope, receive, watched)

        return broken

    return wrap


def breaking_off(after: int) -> Wrap:
    """The connection of a stream is closed behind so many pieces."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            pieces = 0
            streams = False

            async def watched(message: Message) -> None:
                nonlocal pieces, streams
                if message["type"] == "http.response.start":
                    streams = dict(message["headers"]).get(b"content-type", b"").startswith(b"text/event-stream")
                elif streams:
                    pieces += 1
                    if pieces > after:
                        raise ConnectionAbortedError
                await send(message)

            await app(scope, receive, watched)

        return broken

    return wrap
