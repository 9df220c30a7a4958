"""The routes of liveness, readiness and metrics."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from fastapi import APIRouter, Request, Response

from ..http.problem import json_response

if TYPE_CHECKING:
    from ..build import Build
    from .llm_view import LlmView
    from .readiness import Snapshot

_HEALTH_JSON = "application/health+json"
_NO_STORE = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class Identity:
    """What is running."""

    version: str
    of: Build

    def build(self) -> dict[str, str]:
        """Give commit and time of the build."""
        return self.of.as_dict()


class State(Protocol):
    """What these routes ask of readiness."""

    async def snapshot(self) -> Snapshot:
        """Give the present state."""


class Exposition(Protocol):
    """What these routes ask of the metrics."""

    def render(self, accept: str) -> tuple[bytes, str]:
        """Give the exposition and its content type."""


def liveness_routes(identity: Identity) -> APIRouter:
    """Make the routes that say only that the process answers; nothing that could block is looked at."""
    router = APIRouter()

    @router.get("/healthz")
    @router.head("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        body = {"status": "ok", "detail": None, "version": identity.version, "build": identity.build()}
        return json_response(body, headers=_NO_STORE)

    @router.get("/health")
    @router.head("/health", include_in_schema=False)
    async def health() -> Response:
        body = {
            "status": "pass",
            "version": identity.version,
            "releaseId": identity.of.sha,
            "build": identity.build(),
        }
        return json_response(body, 200, _HEALTH_JSON, _NO_STORE)

    @router.get("/live")
    @router.head("/live", include_in_schema=False)
    @router.get("/api/ping")
    @router.head("/api/ping", include_in_schema=False)
    async def live() -> Response:
        return json_response({"ok": True}, headers=_NO_STORE)

    return router


def readiness_routes(
    identity: Identity, state: State, told: Callable[[LlmView], dict[str, object]] | None, *, retry_after_s: float
) -> APIRouter:
    """Make the routes that say whether work should be sent here.

    A missing conversation store, vector store or language model answers 503 `fail`. A missing page fetcher answers
    200 `warn`: tools degrade, the main path works. So does a fallback that stands in for the primary model. `told`
    writes the path to a language model; without it nothing is said of one.
    """
    router = APIRouter()

    @router.get("/ready")
    @router.head("/ready", include_in_schema=False)
    @router.get("/api/ready")
    @router.head("/api/ready", include_in_schema=False)
    async def ready() -> Response:
        snapshot = await state.snapshot()
        body: dict[str, object] = {
            "status": snapshot.status,
            "ready": snapshot.ready,
            "version": identity.version,
            "checks": {finding.name: [finding.as_check()] for finding in snapshot.findings},
            "build": identity.build(),
        }
        if told is not None and snapshot.llm is not None:
            body["llm"] = told(snapshot.llm)
        if snapshot.ready:
            return json_response(body, 200, _HEALTH_JSON, _NO_STORE)
        wait = {"retry-after": str(max(1, math.ceil(retry_after_s)))}
        return json_response(body, 503, _HEALTH_JSON, {**_NO_STORE, **wait})

    return router


def metrics_routes(metrics: Exposition, state: State) -> APIRouter:
    """Make the route that a Prometheus server scrapes; it waits for readiness, so that no gauge tells of the past."""
    router = APIRouter()

    @router.get("/metrics")
    async def scrape(request: Request) -> Response:
        await state.snapshot()
        body, content_type = metrics.render(request.headers.get("accept", ""))
        return Response(body, headers={"content-type": content_type, **_NO_STORE})

    return router
