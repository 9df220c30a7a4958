"""The status that people and their pages read, under the current addresses and the old ones."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, HTTPException, Response

from ..clock import rfc3339
from ..http.problem import json_response

if TYPE_CHECKING:
    from ..build import Build
    from ..clock import Clock
    from .legacy import Legacy

_NO_STORE = {"cache-control": "no-store"}
Body = Callable[[], Awaitable[dict[str, object]]]


class Uptime:
    """Since when the service runs."""

    def __init__(self, clock: Clock, build: Build) -> None:
        self._clock = clock
        self._build = build
        self._started = clock.monotonic()
        self._start_time = clock.now()

    async def body(self) -> dict[str, object]:
        """Give the answer's body."""
        return {
            "uptime_seconds": round(self._clock.monotonic() - self._started, 3),
            "start_time": rfc3339(self._start_time),
            "build": self._build.as_dict(),
        }


class CorsStatus:
    """Which origins a browser's page may be of to read the answers."""

    def __init__(self, origins: Sequence[str], clock: Clock) -> None:
        self._origins = list(origins)
        self._clock = clock

    async def body(self) -> dict[str, object]:
        """Give the answer's body."""
        return {"allow_all": False, "allowed_origins": self._origins, "timestamp": rfc3339(self._clock.now())}


def status_routes(bodies: Mapping[str, Body], legacy: Legacy) -> APIRouter:
    """Make `/api/status/NAME` for each body, and `/status/NAME` for as long as the old addresses answer.

    An answer is always 200: that the process works is all that its status tells, the rest is in the body.
    """

    async def still_there() -> None:
        legacy.check()

    router, old = APIRouter(), APIRouter(include_in_schema=False, dependencies=[Depends(still_there)])
    for name, body in bodies.items():
        _serve(router, f"/api/status/{name}", body)
        _serve(old, f"/status/{name}", body)

    # Gone is the whole of the old folder, not only what was ever there.
    @old.get("/status/{rest:path}")
    @old.head("/status/{rest:path}")
    async def unknown(rest: str) -> Response:
        del rest
        raise HTTPException(404)

    router.include_router(old)
    return router


def _serve(router: APIRouter, path: str, body: Body) -> None:
    async def answer() -> Response:
        return json_response(await body(), headers=_NO_STORE)

    router.add_api_route(path, answer, methods=["GET"], name=path)
    router.add_api_route(path, answer, methods=["HEAD"], include_in_schema=False, name=path)
