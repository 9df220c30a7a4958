"""Fixtures of the real parts, for `pytest_plugins`; each skips its test where the program is absent."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.parts.alertmanager import Alertmanager
from tests.parts.ca import Certificate, CertificateAuthority, create_ca
from tests.parts.docker_engine import DockerEngine
from tests.parts.litellm import LiteLLM, ModelRoute
from tests.parts.loki import Loki
from tests.parts.mongo import Mongo
from tests.parts.nginx import Nginx
from tests.parts.ollama import Ollama
from tests.parts.postgres import Postgres
from tests.parts.process import LOOPBACK, free_port
from tests.parts.prometheus import Prometheus, ScrapeJob
from tests.parts.redis import Redis
from tests.parts.server import MADE_UP


class NginxFactory(Protocol):
    """Starts a proxy with the options of `Nginx`, in a folder of its own."""

    def __call__(
        self,
        upstream: str,
        *,
        certificate: Certificate | None = None,
        buffered: bool = False,
        redirect_to_tls: bool = False,
        locations: str = "",
    ) -> Nginx:
        """Return a running proxy to `upstream`."""
        ...


class PrometheusFactory(Protocol):
    """Starts a Prometheus with the options of `Prometheus`, in a folder of its own."""

    def __call__(
        self,
        *,
        jobs: Sequence[ScrapeJob] = (),
        rules: Sequence[Path] = (),
        alertmanager: str = "",
        interval: str = "1s",
    ) -> Prometheus:
        """Return a running Prometheus."""
        ...


class AlertmanagerFactory(Protocol):
    """Starts an Alertmanager with the options of `Alertmanager`, in a folder of its own."""

    def __call__(self, *, webhook: str = "", config: Mapping[str, Any] | None = None) -> Alertmanager:
        """Return a running Alertmanager."""
        ...


@pytest.fixture(scope="session")
def test_ca(tmp_path_factory: pytest.TempPathFactory) -> CertificateAuthority:
    """One authority and its good and bad certificates for the whole session."""
    return create_ca(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def nginx_factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NginxFactory]:
    """Start proxies; those a test does not stop itself (`with factory(...)`) end with the session."""
    with ExitStack() as running:

        def start(
            upstream: str,
            *,
            certificate: Certificate | None = None,
            buffered: bool = False,
            redirect_to_tls: bool = False,
            locations: str = "",
        ) -> Nginx:
            proxy = Nginx(
                tmp_path_factory.mktemp("nginx"),
                upstream,
                certificate=certificate,
                buffered=buffered,
                redirect_to_tls=redirect_to_tls,
                locations=locations,
            )
            return running.enter_context(proxy)

        yield start


@pytest.fixture(scope="session")
def ollama_tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ollama]:
    """Start one Ollama that serves the random model `tiny`, for the whole session."""
    with Ollama(tmp_path_factory.mktemp("ollama")) as server:
        server.create_tiny()
        yield server


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redis]:
    """Start one Redis with a password, for the whole session."""
    with Redis(tmp_path_factory.mktemp("redis"), password=MADE_UP) as server:
        yield server


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    """Start one Postgres with the login `ops`, for the whole session."""
    with Postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(scope="session")
def mongo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mongo]:
    """Start one server of MongoDB's protocol with the login `ops`, for the whole session."""
    with Mongo(tmp_path_factory.mktemp("mongo")) as server:
        yield server


@pytest.fixture(scope="session")
def prometheus_factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusFactory]:
    """Start Prometheuses; those a test does not stop itself (`with factory(...)`) end with the session."""
    with ExitStack() as running:

        def start(
            *,
            jobs: Sequence[ScrapeJob] = (),
            rules: Sequence[Path] = (),
            alertmanager: str = "",
            interval: str = "1s",
        ) -> Prometheus:
            folder = tmp_path_factory.mktemp("prometheus")
            server = Prometheus(folder, jobs=jobs, rules=rules, alertmanager=alertmanager, interval=interval)
            return running.enter_context(server)

        yield start


@pytest.fixture(scope="session")
def alertmanager_factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AlertmanagerFactory]:
    """Start Alertmanagers; those a test does not stop itself (`with factory(...)`) end with the session."""
    with ExitStack() as running:

        def start(*, webhook: str = "", config: Mapping[str, Any] | None = None) -> Alertmanager:
            folder = tmp_path_factory.mktemp("alertmanager")
            return running.enter_context(Alertmanager(folder, webhook=webhook, config=config))

        yield start


@pytest.fixture(scope="session")
def loki_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loki]:
    """Start one Loki that keeps lines for a month, for the whole session."""
    with Loki(tmp_path_factory.mktemp("loki")) as server:
        yield server


@pytest.fixture(scope="session")
def litellm_tiny(tmp_path_factory: pytest.TempPathFactory, ollama_tiny: Ollama) -> Iterator[LiteLLM]:
    """Start one LiteLLM that offers Ollama's `tiny`, and `dead`, behind which nothing listens."""
    routes = [
        ModelRoute("tiny", f"{ollama_tiny.url}/v1"),
        ModelRoute("dead", f"http://{LOOPBACK}:{free_port()}/v1"),
    ]
    with LiteLLM(tmp_path_factory.mktemp("litellm"), routes) as server:
        yield server


@pytest.fixture(scope="session")
def docker_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DockerEngine]:
    """Have a docker engine, for the whole session: the one that runs here, or one of the tests' own."""
    with DockerEngine(tmp_path_factory.mktemp("docker")) as engine:
        yield engine
