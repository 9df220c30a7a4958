"""Cross-origin access for an explicit list of origins, on every answer including errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .headers import add_headers, add_vary, request_header

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = (b"GET", b"HEAD", b"POST")
_HEADERS = (b"accept", b"authorization", b"content-type", b"x-request-id")
_EXPOSED = b"Deprecation, Link, Retry-After, Sunset, X-Request-ID, X-Status-Path"
_MAX_AGE_S = b"600"
_TOKEN = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class CorsLayer:
    """Lets the listed origins read answers, without credentials; no other origin, and never all of them.

    Every answer says `Vary: Origin`, so that a cache does not hand one origin's answer to another.
    """

    def __init__(self, app: ASGIApp, *, origins: Sequence[str]) -> None:
        self.app = app
        self._origins = frozenset(origin.encode("ascii") for origin in origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight, or pass the request on and mark its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        origin = request_header(scope, b"origin")
        allowed = origin if origin in self._origins else None

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_vary(message, b"Origin")
                if allowed is not None:
                    exposed = (b"access-control-expose-headers", _EXPOSED)
                    add_headers(message, [(b"access-control-allow-origin", allowed), exposed])
            await send(message)

        wanted = request_header(scope, b"access-control-request-method")
        if scope["method"] == "OPTIONS" and origin is not None and wanted is not None:
            await _preflight(scope, marked, wanted, allowed=allowed is not None)
        else:
            await self.app(scope, receive, marked)


async def _preflight(scope: Scope, send: Send, method: bytes, *, allowed: bool) -> None:
    named = request_header(scope, b"access-control-request-headers") or b""
    headers = [part.strip().lower() for part in named.split(b",") if part.strip()]
    fits = allowed and method in _METHODS and all(_TOKEN.fullmatch(h) and h in _HEADERS for h in headers)
    answer: list[tuple[bytes, bytes]] = [
        (b"vary", b"Access-Control-Request-Method, Access-Control-Request-Headers"),
        (b"cache-control", b"no-store"),
    ]
    if fits:
        answer += [
            (b"access-control-allow-methods", b", ".join(_METHODS)),
            (b"access-control-allow-headers", b", ".join(_HEADERS)),
            (b"access-control-max-age", _MAX_AGE_S),
        ]
    else:
        answer.append((b"content-length", b"0"))
    await send({"type": "http.response.start", "status": 204 if fits else 403, "headers": answer})
    await send({"type": "http.response.body", "body": b""})
