"""What every answer below the status addresses carries, whoever gives it: preflight, error and success alike."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from .headers import add_headers

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

API = "/api/status/"
LEGACY = "/status/"


class StatusPathLayer:
    """Tells by `X-Status-Path` whether a caller came by the current or by the old address.

    On the old addresses of `succeeded` it adds when they were given up (RFC 9745), when they end (RFC 8594) and where
    to go instead.
    """

    def __init__(self, app: ASGIApp, *, deprecation: bytes, sunset: bytes, succeeded: Collection[str]) -> None:
        self.app = app
        self._dates = [(b"deprecation", deprecation), (b"sunset", sunset)]
        self._succeeded = frozenset(succeeded)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and mark its answer."""
        headers = self._headers(scope["path"]) if scope["type"] == "http" else []
        if not headers:
            await self.app(scope, receive, send)
            return

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_headers(message, headers)
            await send(message)

        await self.app(scope, receive, marked)

    def _headers(self, path: str) -> list[tuple[bytes, bytes]]:
        if path.startswith(API):
            return [(b"x-status-path", b"api")]
        if not path.startswith(LEGACY):
            return []
        headers = [(b"x-status-path", b"legacy")]
        if path in self._succeeded:
            link = f'</api{path}>; rel="successor-version"'.encode()
            headers += [*self._dates, (b"link", link)]
        return headers
