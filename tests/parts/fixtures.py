"""Fixtures of the real parts, for `pytest_plugins`; each skips its test where the program is absent."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest

from tests.parts.ca import Certificate, CertificateAuthority, create_ca
from tests.parts.nginx import Nginx
from tests.parts.ollama import Ollama


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
