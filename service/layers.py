"""An application with nothing in it yet but what every application of the service has around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.middleware import Middleware

from . import __version__
from .http.access import AccessLayer
from .http.cors import CorsLayer
from .http.last_resort import LastResortLayer
from .http.problem import install_error_answers

if TYPE_CHECKING:
    from .clock import Clock
    from .logs import Log
    from .metrics import Metrics
    from .settings import Settings

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def layered_app(
    settings: Settings,
    title: str,
    lifespan: Lifespan,
    *,
    clock: Clock,
    log: Log,
    metrics: Metrics,
    more: Sequence[Middleware] = (),
) -> FastAPI:
    """Make an application. Its layers, outermost first: id, log and metrics; `more`; CORS; the last resort."""
    app = FastAPI(
        title=title,
        version=__version__,
        lifespan=lifespan,
        docs_url="/docs" if settings.docs_enabled else None,
        redoc_url="/redoc" if settings.docs_enabled else None,
        openapi_url="/openapi.json" if settings.docs_enabled else None,
        redirect_slashes=False,
        middleware=[
            Middleware(AccessLayer, log=log, metrics=metrics, clock=clock),
            *more,
            Middleware(CorsLayer, origins=settings.allowed_origins),
            Middleware(LastResortLayer, log=log),
        ],
    )
    install_error_answers(app)
    return app
