"""A running service, and what it takes to run one with other settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from service.app import Vectors
from service.clock import Clock
from service.composition.language_models import Provider
from service.running import EmbeddedService
from service.settings import Settings
from service.webfetch.resolver import Resolver
from tests.parts.chromium import chromium

from .browsing import Open, Shown, open_page
from .standin import StandInModelHost

if TYPE_CHECKING:
    from playwright.sync_api import Browser

Run = Callable[..., EmbeddedService]


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    """Give a service with default settings and an allowed origin, shared by the tests that change nothing."""
    settings = Settings(
        state_dir=tmp_path_factory.mktemp("state"), allowed_origins=("https://app.example.org",), environment="test"
    )
    with EmbeddedService(settings) as running:
        yield running


@pytest.fixture(scope="package")
def http() -> Iterator[httpx.Client]:
    """Give a client that follows nothing and asks no proxy."""
    with httpx.Client(timeout=10.0, trust_env=False) as client:
        yield client


class HandClock:
    """Time that a test moves by hand."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.start = datetime(2026, 11, 21, 12, tzinfo=UTC)

    def now(self) -> datetime:
        """Give the wall time."""
        return self.start + timedelta(seconds=self.seconds - 1000.0)

    def monotonic(self) -> float:
        """Give the seconds."""
        return self.seconds


@pytest.fixture
def host() -> Iterator[StandInModelHost]:
    """Give a stand-in for the primary's host."""
    with StandInModelHost() as running:
        yield running


@pytest.fixture
def spare() -> Iterator[StandInModelHost]:
    """Give a stand-in for the fallback's host, which has the model `spare`."""
    with StandInModelHost() as running:
        running.script.models = ["other", "spare"]
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give Chromium, driven from outside; no longer than a module, as its driver keeps an event loop running."""
    with chromium() as started:
        yield started


@pytest.fixture
def show(browser: Browser) -> Iterator[Open]:
    """Give a way to open a service's page, see `open_page`; it is closed at the end."""
    with ExitStack() as stack:

        def opened(service: EmbeddedService, **options: Any) -> Shown:  # noqa: ANN401 - of any type
            shown, context = open_page(browser, service, **options)
            stack.callback(context.close)
            return shown

        yield opened


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Give a way to start services with settings of a test's own; they are stopped at its end."""
    with ExitStack() as stack:

        def start(
            *,
            provider_object: Provider | None = None,
            resolver: Resolver | None = None,
            vectors: Vectors | None = None,
            clock: Clock | None = None,
            **values: Any,  # noqa: ANN401 - settings of any type
        ) -> EmbeddedService:
            given: dict[str, Any] = {
                "provider": provider_object,
                "resolver": resolver,
                "vectors": vectors,
                "clock": clock,
            }
            settings = Settings(**{"state_dir": tmp_path / "state", "environment": "test", **values})
            return stack.enter_context(
                EmbeddedService(settings, **{name: part for name, part in given.items() if part is not None})
            )

        yield start
