"""The service behind the edge, and other upstreams that do not behave."""

from __future__ import annotations

import re
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from service.running import EmbeddedService
from service.settings import Settings
from tests.parts.ca import CertificateAuthority
from tests.parts.edge import Edge

ORIGIN = "https://app.example.org"
ORIGINS = r"https://app\.example\.org"
EVENTS = 5
GAP_SECONDS = 0.15

StartEdge = Callable[..., Edge]


@pytest.fixture(scope="package")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    """The service, which lets one origin read."""
    settings = Settings(state_dir=tmp_path_factory.mktemp("state"), allowed_origins=(ORIGIN,), vector_engine="sqlite")
    with EmbeddedService(settings) as running:
        yield running


@pytest.fixture(scope="package")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    """The service with its OpenAPI document, which is a long text."""
    settings = Settings(state_dir=tmp_path_factory.mktemp("state"), docs_enabled=True, vector_engine="sqlite")
    with EmbeddedService(settings) as running:
        yield running


@pytest.fixture(scope="package")
def gone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedService]:
    """The service without its old addresses."""
    settings = Settings(
        state_dir=tmp_path_factory.mktemp("state"),
        legacy_status="off",
        allowed_origins=(ORIGIN,),
        vector_engine="sqlite",
    )
    with EmbeddedService(settings) as running:
        yield running


@pytest.fixture(scope="package")
def start_edge(tmp_path_factory: pytest.TempPathFactory, test_ca: CertificateAuthority) -> Iterator[StartEdge]:
    """Start edges with TLS before an upstream; they end with the package."""
    with ExitStack() as running:

        def start(upstream: str, **more: Any) -> Edge:  # noqa: ANN401 - what Edge takes
            variables = {"EDGE_ORIGINS": ORIGINS, **more.pop("variables", {})}
            more = {"certificate": test_ca.good, **more}
            return running.enter_context(Edge(tmp_path_factory.mktemp("edge"), upstream, variables=variables, **more))

        yield start


@pytest.fixture(scope="package")
def edge(start_edge: StartEdge, service: EmbeddedService) -> Edge:
    """The edge as it is shipped, before the service."""
    return start_edge(service.agent_url)


@pytest.fixture(scope="package")
def dead_edge(start_edge: StartEdge) -> Iterator[Edge]:
    """The edge before nobody: the port is taken, and nobody listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield start_edge(f"http://127.0.0.1:{taken.getsockname()[1]}")


@pytest.fixture(scope="package")
def frozen_edge(start_edge: StartEdge) -> Iterator[Edge]:
    """The edge before a service that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as frozen:
        yield start_edge(f"http://127.0.0.1:{frozen.getsockname()[1]}", variables={"EDGE_ANSWER_TIMEOUT": "4s"})


class Teller(BaseHTTPRequestHandler):
    """Streams events from any address, and asks for that not to be held back where the address says so."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """A few events, a little apart."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        if "asking" in self.path:
            self.send_header("X-Accel-Buffering", "no")
        self.send_header("Connection", "close")
        self.end_headers()
        for number in range(EVENTS):
            time.sleep(GAP_SECONDS if number else 0)
            self.wfile.write(f"data: {number}\n\n".encode())
            self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """No news."""


@pytest.fixture(scope="package")
def teller_edge(start_edge: StartEdge) -> Iterator[Edge]:
    """The edge before something that streams."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Teller) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield start_edge(f"http://127.0.0.1:{server.server_port}")
        server.shutdown()
        thread.join()


@pytest.fixture(scope="package")
def trust(test_ca: CertificateAuthority) -> ssl.SSLContext:
    """Trusts the test authority alone."""
    return ssl.create_default_context(cafile=str(test_ca.root))


@pytest.fixture
def http(trust: ssl.SSLContext) -> Iterator[httpx.Client]:
    """A client that follows nothing and asks no proxy."""
    with httpx.Client(verify=trust, trust_env=False, timeout=15) as client:
        yield client


@pytest.fixture
def http2(trust: ssl.SSLContext) -> Iterator[httpx.Client]:
    """The same over HTTP/2."""
    with httpx.Client(verify=trust, trust_env=False, timeout=15, http1=False, http2=True) as client:
        yield client


@pytest.fixture
def raw(trust: ssl.SSLContext) -> Callable[[Edge, bytes], bytes]:
    """Send these bytes over TLS; the whole answer, whether or not nginx goes on listening behind it."""

    def send(edge: Edge, request: bytes) -> bytes:
        with (
            socket.create_connection(("127.0.0.1", edge.https_port), timeout=15) as plain,
            trust.wrap_socket(plain, server_hostname="127.0.0.1") as tls,
        ):
            tls.sendall(request)
            answer = b""
            while not is_whole(answer):
                piece = tls.recv(65536)
                if not piece:
                    break
                answer += piece
            return answer

    return send


def is_whole(answer: bytes) -> bool:
    """Head and as much body as it announces."""
    head, end, body = answer.partition(b"\r\n\r\n")
    announced = re.search(rb"(?i)\r\nContent-Length: (\d+)", head)
    return bool(end) and announced is not None and len(body) >= int(announced.group(1))


def folder_of(edge: Edge) -> Path:
    """Where its files lie."""
    return edge.access_log.parent
