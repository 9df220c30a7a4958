"""The only composition root: every object of the service is made here and handed to those who need it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from starlette.middleware import Middleware

from . import __version__
from .agent.agent_routes import agent_routes
from .agent.chat_routes import chat_routes
from .agent.orchestrator import Limits, Orchestrator
from .agent.parts import Memory, Tool
from .agent.tools import ToolBox
from .agent.web_fetch import WebFetch
from .build import build_of
from .clock import Clock, SystemClock
from .composition.language_models import LanguageModels, Provider, language_models
from .composition.upstreams import Upstreams
from .http.api_key import key_guard
from .http.status_path import StatusPathLayer
from .layers import layered_app
from .logs import Log, make_log
from .metrics import Metrics
from .page import page_routes
from .status.dependency import Dependency
from .status.legacy import Legacy
from .status.readiness import Readiness, Snapshot
from .status.routes import Identity, liveness_routes, metrics_routes, readiness_routes
from .status.status_routes import CorsStatus, Uptime, status_routes
from .status.summary import Summary
from .stores.edge_vectors import EdgeVectors
from .stores.interactions import Interactions
from .stores.sqlite_vectors import SqliteVectors
from .webfetch.resolver import Resolver, system_resolver
from .webfetch.routes import fetch_routes
from .webfetch.urls import UrlPolicy

if TYPE_CHECKING:
    import httpx
    from fastapi import APIRouter, FastAPI

    from .settings import Settings
    from .upstream import Upstream

_FETCH_GRACE_S = 3.0  # beyond the time that the page fetcher gives itself: one that stands still says nothing
_MEMORY = "vectors"


class Vectors(Memory, Protocol):
    """A vector memory that can be looked at and closed."""

    async def probe(self) -> None:
        """Return when memories can be searched now, raise otherwise."""

    async def close(self) -> None:
        """Release what is held."""


@dataclass(frozen=True, slots=True)
class _Parts:
    """The agent's objects, each made once."""

    clock: Clock
    log: Log
    identity: Identity
    metrics: Metrics
    models: LanguageModels
    vectors: Vectors
    history: Interactions
    fetcher: Upstream
    readiness: Readiness
    upstreams: Upstreams
    legacy: Legacy


def create_app(
    settings: Settings,
    *,
    provider: Provider | None = None,
    vectors: Vectors | None = None,
    tools: Sequence[Tool] = (),
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Clock | None = None,
    log: Log | None = None,
) -> FastAPI:
    """Make the agent. What is given takes the place of what the settings would make; `tools` come on top.

    Nothing is opened or asked before the application starts, and a dependency that is missing then does not keep
    it from starting: readiness says so, and the dependency is taken up when it appears.
    """
    clock = clock if clock is not None else SystemClock()
    log = log if log is not None else make_log(settings.log_level)
    parts = _parts(settings, provider, vectors, transport=transport, clock=clock, log=log)
    legacy = parts.legacy
    marks = Middleware(
        StatusPathLayer, deprecation=legacy.deprecation(), sunset=legacy.sunset(), succeeded=legacy.paths()
    )
    app = layered_app(
        settings, settings.app_name, _lifespan(parts), clock=clock, log=log, metrics=parts.metrics, more=[marks]
    )
    for router in _routers(settings, parts, tools):
        app.include_router(router)
    return app


def create_webfetch_app(
    settings: Settings,
    *,
    resolver: Resolver = system_resolver,
    transport: httpx.AsyncBaseTransport | None = None,
    clock: Clock | None = None,
    log: Log | None = None,
) -> FastAPI:
    """Make the page fetcher. It depends on nothing, so it is ready whenever it answers."""
    from .webfetch.fetcher import Fetcher  # noqa: PLC0415 - brings the HTTP client, which is slow to import

    clock = clock if clock is not None else SystemClock()
    log = log if log is not None else make_log(settings.log_level)
    fetcher = Fetcher(
        UrlPolicy(settings.webfetch_allowed_ports, settings.webfetch_allow),
        resolver,
        timeout_s=settings.webfetch_timeout_s,
        max_bytes=settings.webfetch_max_bytes,
        transport=transport,
    )
    identity = _identity(settings)
    metrics = Metrics(service="webfetch", version=__version__, sha=identity.of.sha)
    metrics.set_ready("webfetch", ready=True)
    readiness = Readiness((), clock=clock, limit_s=1.0)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        yield
        await fetcher.close()

    title = f"{settings.app_name}: page fetcher"
    app = layered_app(settings, title, lifespan, clock=clock, log=log, metrics=metrics)
    app.include_router(liveness_routes(identity))
    app.include_router(readiness_routes(identity, readiness, None, retry_after_s=1.0))
    app.include_router(metrics_routes(metrics, readiness))
    app.include_router(fetch_routes(fetcher, max_body_bytes=settings.max_body_bytes))
    return app


def _parts(
    settings: Settings,
    provider: Provider | None,
    vectors: Vectors | None,
    *,
    transport: httpx.AsyncBaseTransport | None,
    clock: Clock,
    log: Log,
) -> _Parts:
    identity = _identity(settings)
    metrics = Metrics(service="agent", version=__version__, sha=identity.of.sha)
    upstreams = Upstreams(transport, connect_timeout_s=settings.llm_connect_timeout_s)
    models = language_models(settings, provider, upstreams, clock=clock, log=log, metrics=metrics)
    vectors = vectors if vectors is not None else _vectors(settings)
    history = Interactions(settings.state_dir / "agent_state.sqlite", busy_timeout_s=settings.busy_timeout_s)
    fetcher = upstreams.make(settings.webfetch_url, settings.webfetch_timeout_s + _FETCH_GRACE_S)

    async def ask_fetcher() -> None:
        await fetcher.get_json("healthz")

    def told(snapshot: Snapshot) -> None:
        metrics.set_ready("agent", ready=snapshot.ready)

    readiness = Readiness(
        [
            Dependency("sqlite", "datastore", history.probe),
            Dependency(_MEMORY, "datastore", vectors.probe),
            Dependency("webfetch", "component", ask_fetcher, required=False),
        ],
        models.state,
        clock=clock,
        limit_s=min(settings.dependency_timeout_s, settings.ready_budget_s),
        told=told,
    )
    legacy = Legacy(settings.legacy_status == "on", settings.legacy_deprecated_at, settings.legacy_sunset_at, clock)
    return _Parts(clock, log, identity, metrics, models, vectors, history, fetcher, readiness, upstreams, legacy)


def _lifespan(parts: _Parts) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            stack.push_async_callback(parts.upstreams.close)
            stack.push_async_callback(parts.history.close)
            stack.push_async_callback(parts.vectors.close)
            stack.push_async_callback(parts.readiness.close)
            stack.push_async_callback(parts.models.state.close)
            stack.push_async_callback(_end, asyncio.create_task(parts.models.state.poll()))
            yield

    return lifespan


def _routers(settings: Settings, parts: _Parts, tools: Sequence[Tool]) -> list[APIRouter]:
    state, build, budget_s = parts.models.state, parts.identity.of, settings.warming_s()
    summary = Summary(parts.readiness, state, build, memory=_MEMORY, budget_s=budget_s)
    bodies = {
        "summary": summary.body,
        "cors": CorsStatus(settings.allowed_origins, parts.clock).body,
        "uptime": Uptime(parts.clock, build).body,
    }
    orchestrator = _orchestrator(settings, parts, tools)
    guard = key_guard(settings.own_key())
    retry_after_s = settings.primary_poll_interval_s
    return [
        liveness_routes(parts.identity),
        readiness_routes(parts.identity, parts.readiness, summary.llm, retry_after_s=retry_after_s),
        metrics_routes(parts.metrics, parts.readiness),
        status_routes(bodies, parts.legacy),
        page_routes(),
        agent_routes(orchestrator, guard, max_body_bytes=settings.max_body_bytes),
        chat_routes(
            orchestrator,
            parts.models.answering,
            guard,
            clock=parts.clock,
            log=parts.log,
            max_body_bytes=settings.max_body_bytes,
            keepalive_s=settings.keepalive_s,
        ),
    ]


def _orchestrator(settings: Settings, parts: _Parts, tools: Sequence[Tool]) -> Orchestrator:
    return Orchestrator(
        provider=parts.models.answering,
        history=parts.history,
        memory=parts.vectors,
        tools=ToolBox(
            [WebFetch(parts.fetcher), *tools],
            max_chars=settings.tool_result_max_chars,
            log=parts.log,
            counts=parts.metrics,
        ),
        limits=Limits(settings.history_limit, settings.memory_limit, settings.dependency_timeout_s),
        clock=parts.clock,
        log=parts.log,
        counts=parts.metrics,
    )


def _identity(settings: Settings) -> Identity:
    return Identity(__version__, build_of(settings.build_sha, settings.build_time))


def _vectors(settings: Settings) -> Vectors:
    if settings.vector_engine == "qdrant-edge":
        return EdgeVectors(settings.state_dir / "vectors")
    return SqliteVectors(settings.state_dir / "vectors.sqlite", busy_timeout_s=settings.busy_timeout_s)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
