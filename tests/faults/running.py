"""Many broken services at once, each a host of one host file; those that want one stand behind a real nginx.

`Fault(..., edge=change)` puts nginx in front, with TLS and `fixtures/edge`; the changes are in `edge_variants`. Without
nginx the proofs are skipped.
"""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from datetime import timedelta
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from opscheck.inventory.systems import System, load_system
from service.app import create_app, create_webfetch_app
from service.errors import FetchError
from service.logs import SilentLog
from service.settings import Settings
from service.webfetch.resolver import system_resolver
from tests.faults.fault import Fault
from tests.faults.server import Served, bind, reserve, url_of
from tests.parts.ca import Certificate, CertificateAuthority, create_ca
from tests.parts.edge import Edge, as_shipped

_SITES = Path(__file__).resolve().parents[2] / "fixtures" / "sites"
_PATIENT = {"liveness_seconds": 3, "ready_seconds": 4, "first_token_seconds": 5, "completion_seconds": 20}
_EDGE: Final = "edge"
# Whole suites ask at once; a fault that is about the limit says otherwise.
_UNLIMITED: Final = {"EDGE_RATE": "1000r/s", "EDGE_BURST": "5000"}
_IMPATIENT: Final = {"EDGE_STATUS_TIMEOUT": "1s", "EDGE_ANSWER_TIMEOUT": "2s"}  # with a service that never answers
_EXPIRES: Final = timedelta(days=3)


async def _resolver(host: str, port: int) -> list[str]:
    """Names as the machine knows them; one that cannot exist is not looked for, however slow the machine's DNS is."""
    if host.endswith(".invalid"):
        raise FetchError("the host's name cannot be resolved", code="dns_failure")
    return await system_resolver(host, port)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """A page that is fetched is no news."""


class Broken:
    """The services of some faults, from entering the context to leaving it; `toml` is their host file."""

    def __init__(self, faults: Sequence[Fault], folder: Path) -> None:
        self._faults = faults
        self._folder = folder
        self._running = ExitStack()
        self._servers: list[Served] = []
        self._page = self._page_origin = self._fetcher = self._hung = ""
        self._authority: CertificateAuthority | None = None
        self.toml = ""

    def __enter__(self) -> Self:
        """Start all of them."""
        with ExitStack() as stack:
            self._page_origin = stack.enter_context(_pages())
            self._page = f"http://{self._page_origin}/news.html"
            self._hung = url_of(stack.enter_context(bind()))
            shared = stack.enter_context(bind())
            self._fetcher = url_of(shared)
            self._serve(stack, [(shared, self._webfetch_app({}))])
            self.toml = "\n".join(self._start(stack, fault) for fault in self._faults)
            self._running = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all of them, at the same time."""
        for server in self._servers:
            server.end()
        self._running.close()

    def _start(self, stack: ExitStack, fault: Fault) -> str:
        """Start a fault's applications, and its edge; its section of the host file."""
        agent = stack.enter_context(reserve() if fault.backend_stopped else bind())
        listeners: list[tuple[socket.socket, Any]] = []
        fetcher_url = self._fetcher
        if fault.needs_own_fetcher:
            own = stack.enter_context(reserve() if fault.fetcher_stopped else bind())
            fetcher_url = url_of(own)
            if not fault.fetcher_stopped:
                listeners.append((own, fault.webfetch(self._webfetch_app(fault.fetcher_settings))))
        if not (fault.backend_stopped or fault.backend_frozen):
            listeners.append((agent, fault.agent(self._agent_app(fault, fetcher_url))))
        if listeners:
            self._serve(stack, listeners)
        system = _system(fault.system)
        urls = {"agent": url_of(agent), "backend": url_of(agent), "webfetch": fetcher_url}
        if fault.edge is not None or system.primary == _EDGE:
            edge = stack.enter_context(self._edge(fault, url_of(agent)))
            urls |= {_EDGE: edge.url, "edge_plain": edge.plain_url}
        return self._section(fault, {name: url for name, url in urls.items() if name in system.components})

    def _edge(self, fault: Fault, upstream: str) -> Edge:
        origins = fault.settings.get("allowed_origins", ())
        listed = origins.split(",") if isinstance(origins, str) else origins
        allowed = "|".join(re.escape(origin.strip()) for origin in listed)
        waits = _IMPATIENT if fault.backend_frozen else {}
        return Edge(
            self._folder / f"{fault.name}-edge",
            upstream,
            certificate=self._certificate(fault.certificate),
            change=fault.edge or as_shipped,
            variables={**_UNLIMITED, **waits, "EDGE_ORIGINS": allowed, **fault.edge_variables},
        )

    def _certificate(self, kind: str) -> Certificate:
        if kind == "expiring":
            return self._ca().expiring(_EXPIRES)
        found: Certificate = getattr(self._ca(), kind)
        return found

    def _ca(self) -> CertificateAuthority:
        if self._authority is None:
            self._authority = create_ca(self._folder / "authority")
        return self._authority

    def _serve(self, stack: ExitStack, listeners: list[tuple[socket.socket, Any]]) -> None:
        self._servers.append(stack.enter_context(Served(listeners)))

    def _agent_app(self, fault: Fault, fetcher_url: str) -> Any:  # noqa: ANN401 - an ASGI application
        chosen = dict(fault.settings)
        if chosen.get("llm_base_url") == "HUNG":
            chosen["llm_base_url"] = f"{self._hung}/v1"
        state = self._folder / fault.name
        settings = Settings(state_dir=state, vector_engine="sqlite", webfetch_url=fetcher_url, **chosen)
        return create_app(settings, log=SilentLog(), **fault.made)

    def _section(self, fault: Fault, urls: dict[str, str]) -> str:
        slo = ", ".join(f"{name} = {value}" for name, value in {**_PATIENT, **fault.slo}.items())
        listed = ", ".join(f'{name} = "{url}"' for name, url in urls.items())
        return "\n".join(
            [
                f"[hosts.{fault.name}]",
                f'system = "{fault.system}"',
                f"urls = {{ {listed} }}",
                *([f'ca = "{self._ca().root}"'] if _EDGE in urls else []),
                f"slo = {{ {slo} }}",
                f"[hosts.{fault.name}.expect.tool]",
                f'url = "{self._page}"',
                fault.toml.replace("HOST", fault.name),
                "",
            ]
        )

    def _webfetch_app(self, chosen: Any) -> Any:  # noqa: ANN401 - settings by name; an ASGI application
        allow = ",".join(filter(None, (self._page_origin, chosen.get("webfetch_allow", ""))))
        settings = Settings(**{**chosen, "webfetch_allow": allow})
        return create_webfetch_app(settings, resolver=_resolver, log=SilentLog())


class _pages:  # noqa: N801 - reads as a function where it is used
    """A page for the fetcher, as host and port."""

    def __enter__(self) -> str:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(_SITES)))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@cache
def _system(name: str) -> System:
    return load_system(name)
