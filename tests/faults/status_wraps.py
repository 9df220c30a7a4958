"""What goes wrong between a service that tells the truth about itself and whoever asks for it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.faults.answers import Document, Edit, editing
from tests.faults.asgi import Wrap, both, send_instead

SUMMARY: Final = "/api/status/summary"
LEGACY: Final = "/status/summary"
Pairs = list[tuple[bytes, bytes]]


def rewriting(path: str, change: Callable[[bytes], bytes]) -> Wrap:
    """The body of a path is another one; its status and headers stay."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            start: Message = {}
            body = b""

            async def held(message: Message) -> None:
                nonlocal start, body
                if message["type"] == "http.response.start":
                    start = message
                    return
                body += message.get("body", b"")
                if not message.get("more_body", False):
                    await send_instead(send, start, change(body))

            here = scope["type"] == "http" and scope["path"] == path
            await app(scope, receive, held if here else send)

        return broken

    return wrap


def heading(change: Callable[[Mapping[bytes, bytes], Pairs], Pairs], path: str = SUMMARY) -> Wrap:
    """The headers of a path are changed, by those of its request."""

    def wrap(app: ASGIApp) -> ASGIApp:
        async def broken(scope: Scope, receive: Receive, send: Send) -> None:
            async def changed(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = change(dict(scope["headers"]), list(message["headers"]))
                await send(message)

            here = scope["type"] == "http" and scope["path"] == path
            await app(scope, receive, changed if here else send)

        return broken

    return wrap


def without(name: bytes, *, with_origin_only: bool = False) -> Wrap:
    """The summary lacks a header, or does so only where the request has an Origin."""

    def change(asked: Mapping[bytes, bytes], pairs: Pairs) -> Pairs:
        if with_origin_only and b"origin" not in asked:
            return pairs
        return [pair for pair in pairs if pair[0].lower() != name]

    return heading(change)


def instead(name: bytes, value: bytes) -> Wrap:
    """A header of the summary says something else."""
    return heading(lambda _, pairs: [*(pair for pair in pairs if pair[0].lower() != name), (name, value)])


def beside(name: bytes, value: bytes) -> Wrap:
    """A header of the summary is there once more, or is there at all."""
    return heading(lambda _, pairs: [*pairs, (name, value)])


def summary(edit: Edit) -> Wrap:
    """The summary, changed under both of its addresses."""
    return both(editing(SUMMARY, edit), editing(LEGACY, edit))


def told(changes: Mapping[str, Any]) -> Wrap:
    """The summary says something else at these places, such as `llm.path`."""
    return summary(_putting(changes))


def readiness(changes: Mapping[str, Any]) -> Wrap:
    """Readiness says something else at these places, under both of its addresses."""
    edit = _putting(changes)
    return both(editing("/ready", edit), editing("/api/ready", edit))


def gauge(value: int) -> Wrap:
    """The gauge of the service's readiness has this value."""
    line = re.compile(rb"^(status_ready\{[^}]*\}) .*$", re.MULTILINE)
    return rewriting("/metrics", lambda body: line.sub(rb"\1 " + str(value).encode(), body))


def unready(changes: Mapping[str, Any], path: str = "") -> Wrap:
    """Summary, readiness and gauge agree that the service is not ready, and on the path."""
    where = {"llm.path": path} if path else {}
    return both(
        told({"ok": False, "ready": False, **where, **changes}),
        readiness({"ready": False, "status": "fail", **where}),
        gauge(0),
    )


def _putting(changes: Mapping[str, Any]) -> Edit:
    def edit(status: int, document: Document) -> tuple[int, Document]:
        for place, value in changes.items():
            *above, name = place.split(".")
            within = document
            for step in above:
                within = within[step]
            within[name] = value() if callable(value) else value
        return status, document

    return edit
