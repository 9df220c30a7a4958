"""The outermost layer: a request id, a trace, one log line and the request metrics for every answer."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING

from ..trace import enter, leave, trace_of
from .headers import add_headers, request_header

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ..clock import Clock
    from ..logs import Log
    from ..metrics import Metrics
    from ..trace import Trace

_REQUEST_ID = re.compile(rb"[A-Za-z0-9][A-Za-z0-9._:-]{0,127}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"no-referrer"),
]
_SERVER_ERROR = 500
_CLIENT_CLOSED = 499  # nobody was there any more to be answered


class AccessLayer:
    """Gives each request an id and its place in a trace, and tells log and metrics how it ended.

    A caller's own `X-Request-ID` is kept when it is short and harmless; otherwise a new one is made. The same holds
    for the trace of a `traceparent`. Metrics name the route's template, never the path, so no caller can make their
    number grow.
    """

    def __init__(self, app: ASGIApp, *, log: Log, metrics: Metrics, clock: Clock) -> None:
        self.app = app
        self._log = log
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, watching the answer go by."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = request_header(scope, b"x-request-id")
        request_id = given if given and _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex.encode()
        scope.setdefault("state", {})["request_id"] = request_id.decode("ascii")
        trace = trace_of(request_header(scope, b"traceparent"))
        entered = enter(trace)
        started = self._clock.monotonic()
        status = _CLIENT_CLOSED

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                add_headers(message, [(b"x-request-id", request_id), *_SECURITY_HEADERS])
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            leave(entered)
            self._tell(scope, request_id.decode("ascii"), trace, status, self._clock.monotonic() - started)

    def _tell(self, scope: Scope, request_id: str, trace: Trace, status: int, seconds: float) -> None:
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        route = getattr(scope.get("route"), "path", "unmatched")
        self._metrics.requests.labels(method, route, str(status)).inc()
        self._metrics.duration.labels(method, route).observe(seconds)
        write = self._log.error if status >= _SERVER_ERROR else self._log.info
        write(
            "request",
            request_id=request_id,
            trace_id=trace.trace_id,
            span_id=trace.span_id,
            method=method,
            route=route,
            status=status,
            duration_ms=round(seconds * 1000, 1),
        )
