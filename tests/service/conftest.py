"""A running service, and what it takes to run one with other settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.app import Provider, Vectors
from service.running import EmbeddedService
from service.settings import Settings
from service.webfetch.resolver import Resolver

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


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Give a way to start services with settings of a test's own; they are stopped at its end."""
    with ExitStack() as stack:

        def start(
            *,
            provider_object: Provider | None = None,
            resolver: Resolver | None = None,
            vectors: Vectors | None = None,
            **values: Any,  # noqa: ANN401 - settings of any type
        ) -> EmbeddedService:
            given: dict[str, Any] = {"provider": provider_object, "resolver": resolver, "vectors": vectors}
            settings = Settings(**{"state_dir": tmp_path / "state", "environment": "test", **values})
            return stack.enter_context(
                EmbeddedService(settings, **{name: part for name, part in given.items() if part is not None})
            )

        yield start
