"""Answers that are broken in one way; everything else passes through as it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.faults.asgi import Wrap, drain, send_instead, send_whole

Document: TypeAlias = dict[str, Any]
Edit: TypeAlias = Callable[[int, Document], tuple[int, Document]]
_JSON = "application/json"


def answering(path: str, body: object, status: int = 200, content_type: str = _JSON) -> Wrap:
    """Whatever is asked of this path is answered like this."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["path"] != path:
                await app(scope, receive, send)
                return
            await drain(receive)
            await send_whole(send, status, body if isinstance(body, bytes) else json.dumps(body).encode(), content_type)

        return broken

    return wrap


def answering_anything(body: object, content_type: str) -> Wrap:
    """What would be a 404 is a 200."""

    def change(start: Message, _scope: Scope) -> bytes | None:
        if start["status"] != 404:
            return None
        start["status"] = 200
        start["headers"] = [(b"content-type", content_type.encode())]
        return json.dumps(body).encode()

    return _changing(change)


def editing(path: str, edit: Edit) -> Wrap:
    """Status and JSON document of a path are changed; what is no JSON, such as a stream, is not."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http" or scope["path"] != path:
                await app(scope, receive, send)
            else:
                await app(scope, receive, _Editor(send, edit))

        return broken

    return wrap


class _Editor:
    def __init__(self, send: Send, edit: Edit) -> None:
        self._send, self._edit = send, edit
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Hold a JSON answer until it is whole, then send the changed one."""
        if message["type"] == "http.response.start" and b"json" in dict(message["headers"]).get(b"content-type", b""):
            self._start = message
            return
        if self._start is None:
            await self._send(message)
            return
        self._body += message.get("body", b"")
        if not message.get("more_body", False):
            status, document = self._edit(self._start["status"], json.loads(self._body))
            await send_instead(self._send, self._start, json.dumps(document).encode(), status=status)


def with_headers(headers: Callable[[Mapping[bytes, bytes]], Mapping[bytes, bytes]]) -> Wrap:
    """Every answer gets the headers that are made from those of its request, in place of its own of these names."""

    def change(start: Message, scope: Scope) -> None:
        more = headers(dict(scope["headers"]))
        kept = [pair for pair in start["headers"] if pair[0].lower() not in more]
        start["headers"] = [*kept, *more.items()]

    return _changing(change)


def _changing(change: Callable[[Message, Scope], bytes | None]) -> Wrap:
    """Change the start of every answer; a body that is given back takes the place of the answer's."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            body: bytes | None = None

            async def watched(message: Message) -> None:
                nonlocal body
                if message["type"] == "http.response.start":
                    body = change(message, scope)
                elif body is not None:
                    message = {"type": "http.response.body", "body": body, "more_body": False}
                await send(message)

            await app(scope, receive, watched)

        return broken

    return wrap
