"""What every broken application is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from starlette.types import ASGIApp, Message, Receive, Send

Wrap: TypeAlias = Callable[[ASGIApp], ASGIApp]


def as_it_is(app: ASGIApp) -> ASGIApp:
    """Nothing is broken."""
    return app


def again(body: bytes, receive: Receive) -> Receive:
    """The body once more, then whatever else comes."""
    given = False

    async def receiveagain() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiveagain


async def drain(receive: Receive) -> bytes:
    """The whole body of a request."""
    body: bytes = b""
    while True:
        message = await receive()
        body += message.get("body", b"")
        if not message.get("more_body", False):
            return body


async def send_whole(send: Send, status: int, body: bytes, content_type: str) -> None:
    """Answer in one piece."""
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


async def send_instead(send: Send, start: Message, body: bytes, *, status: int = 0) -> None:
    """Answer with another body, and all headers of the answer that was about to start."""
    kept = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
    headers = [*kept, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status or start["status"], "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def both(*wraps: Wrap) -> Wrap:
    """One change behind the other."""

    def wrap(app: ASGIApp) -> ASGIApp:
        for each in wraps:
            app = each(app)
        return app

    return wrap
