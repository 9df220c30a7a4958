"""The only composition root: every object of the service is made here and handed to those who need it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from . import __version__
from .agent.agent_routes import agent_routes
from .agent.chat_routes import chat_routes
from .agent.orchestrator import Limits, Orchestrator
from .agent.parts import Memory, Tool
from .agent.parts import Provider as ChatProvider
from .agent.tools import ToolBox
from .agent.web_fetch import WebFetch
from .clock import Clock, SystemClock
from .layers import layered_app
from .logs import Log, make_log
from .metrics import Metrics
from .providers.embedded import EmbeddedProvider
from .providers.ollama import Ollama
from .providers.openai_compatible import OpenAICompatible
from .status.dependency import Dependency
from .status.llm_path import LlmPath, ModelHost
from .status.readiness import Readiness, Snapshot
from .status.routes import Identity, liveness_routes, metrics_routes, readiness_routes
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

_FETCH_TOOL_TIMEOUT_S = 30.0
_OLLAMA_URL = "http://127.0.0.1:11434"


class Provider(ChatProvider, ModelHost, Protocol):
    """A language model that answers and can be looked at."""


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
    metrics: Metrics
    provider: Provider
    vectors: Vectors
    history: Interactions
    fetcher: Upstream
    path: LlmPath
    readiness: Readiness
    upstreams: Sequence[Upstream]


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
    lifespan = _lifespan(settings, parts)
    app = layered_app(settings, settings.app_name, lifespan, clock=clock, log=log, metrics=parts.metrics)
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
    identity = Identity(__version__, settings.build_sha, settings.build_time)
    metrics = Metrics(service="webfetch", version=__version__, sha=settings.build_sha)
    metrics.set_ready("webfetch", ready=True)
    readiness = Readiness((), clock=clock, dependency_timeout_s=1.0, budget_s=1.0)

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
    upstreams: list[Upstream] = []

    def upstream(base_url: str, timeout_s: float, *, with_key: bool = False) -> Upstream:
        made = _upstream(settings, base_url, timeout_s, transport, with_key=with_key)
        upstreams.append(made)
        return made

    metrics = Metrics(service="agent", version=__version__, sha=settings.build_sha)
    provider = provider if provider is not None else _provider(settings, upstream)
    vectors = vectors if vectors is not None else _vectors(settings)
    history = Interactions(settings.state_dir / "agent_state.sqlite", busy_timeout_s=settings.busy_timeout_s)
    fetcher = upstream(settings.webfetch_url, _FETCH_TOOL_TIMEOUT_S)
    path = LlmPath(provider, clock, settings.warming_budget_s)
    readiness = _readiness(
        settings, clock=clock, metrics=metrics, path=path, history=history, vectors=vectors, fetcher=fetcher
    )
    return _Parts(clock, log, metrics, provider, vectors, history, fetcher, path, readiness, upstreams)


def _lifespan(settings: Settings, parts: _Parts) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncGenerator[None]:
        async with AsyncExitStack() as stack:
            for upstream in parts.upstreams:
                stack.push_async_callback(upstream.close)
            stack.push_async_callback(parts.history.close)
            stack.push_async_callback(parts.vectors.close)
            stack.push_async_callback(parts.readiness.close)
            poller = asyncio.create_task(parts.readiness.poll(settings.primary_poll_interval_s))
            stack.push_async_callback(_end, poller)
            yield

    return lifespan


def _routers(settings: Settings, parts: _Parts, tools: Sequence[Tool]) -> list[APIRouter]:
    identity = Identity(__version__, settings.build_sha, settings.build_time)
    orchestrator = _orchestrator(settings, parts, tools)
    return [
        liveness_routes(identity),
        readiness_routes(identity, parts.readiness, parts.path, retry_after_s=settings.primary_poll_interval_s),
        metrics_routes(parts.metrics, parts.readiness),
        agent_routes(orchestrator, max_body_bytes=settings.max_body_bytes),
        chat_routes(
            orchestrator,
            parts.provider,
            clock=parts.clock,
            log=parts.log,
            max_body_bytes=settings.max_body_bytes,
            keepalive_s=settings.keepalive_s,
        ),
    ]


def _orchestrator(settings: Settings, parts: _Parts, tools: Sequence[Tool]) -> Orchestrator:
    return Orchestrator(
        provider=parts.provider,
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


def _provider(settings: Settings, upstream: Callable[..., Upstream]) -> Provider:
    if settings.provider == "embedded":
        return EmbeddedProvider()
    made = upstream(settings.llm_base_url or _OLLAMA_URL, settings.llm_timeout_s, with_key=True)
    if settings.provider == "ollama":
        return Ollama(made, settings.llm_model, timeout_s=settings.llm_timeout_s)
    return OpenAICompatible(made, settings.llm_model, timeout_s=settings.llm_timeout_s)


def _upstream(
    settings: Settings,
    base_url: str,
    timeout_s: float,
    transport: httpx.AsyncBaseTransport | None,
    *,
    with_key: bool,
) -> Upstream:
    from .upstream import Upstream  # noqa: PLC0415 - brings the HTTP client, which is slow to import

    return Upstream(
        base_url,
        timeout_s=timeout_s,
        connect_timeout_s=settings.llm_connect_timeout_s,
        api_key=settings.api_key() if with_key else None,
        transport=transport,
    )


def _vectors(settings: Settings) -> Vectors:
    if settings.vector_engine == "qdrant-edge":
        return EdgeVectors(settings.state_dir / "vectors")
    return SqliteVectors(settings.state_dir / "vectors.sqlite", busy_timeout_s=settings.busy_timeout_s)


def _readiness(
    settings: Settings,
    *,
    clock: Clock,
    metrics: Metrics,
    path: LlmPath,
    history: Interactions,
    vectors: Vectors,
    fetcher: Upstream,
) -> Readiness:
    async def ask_fetcher() -> None:
        await fetcher.get_json("healthz")

    def told(snapshot: Snapshot) -> None:
        metrics.set_ready("agent", ready=snapshot.ready)
        path.follow(next(found.status for found in snapshot.findings if found.name == "llm"))

    return Readiness(
        [
            Dependency("sqlite", "datastore", history.probe),
            Dependency("vectors", "datastore", vectors.probe),
            Dependency("llm", "component", path.probe),
            Dependency("webfetch", "component", ask_fetcher, required=False),
        ],
        clock=clock,
        dependency_timeout_s=settings.dependency_timeout_s,
        budget_s=settings.ready_budget_s,
        told=told,
    )


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
