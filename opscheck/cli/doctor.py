"""`opscheck doctor`: what is here, what is set, what can be reached."""

from __future__ import annotations

import asyncio
import importlib.util
import platform
import shutil
from collections.abc import Iterator, Sequence
from importlib.metadata import PackageNotFoundError, version
from typing import Final
from urllib.parse import urlsplit

import opscheck
from opscheck.cli.host_file import host_file
from opscheck.engine.control import why_offline
from opscheck.engine.docker import COMPONENT
from opscheck.inventory import Inventory, pack_files, select
from opscheck.model import Component, Host, HostKind, TcpConnection, Unmeasured
from opscheck.model.docker import DockerEngine, EngineAccess
from opscheck.probes.docker import ask_engine
from opscheck.probes.docker_looks import engine
from opscheck.probes.http import HttpClient
from opscheck.probes.limits import Caps
from opscheck.probes.store import PORTS
from opscheck.probes.tcp import tcp
from opscheck.redact import Redactor
from opscheck.settings import resolve

_EXTRAS: Final = {
    "service": ("fastapi", "uvicorn", "prometheus_client", "pydantic_settings", "structlog", "qdrant_edge"),
    "report": ("pytest_html",),
    "parallel": ("xdist",),
    "containers": ("docker", "testcontainers"),
    "web": ("brotli", "selectolax"),
    "history": ("alembic", "sqlalchemy"),
    "infra": ("ollama", "promql_parser", "psycopg", "pymongo", "qdrant_client", "redis", "yaml"),
}
_TOOLS: Final = ("docker", "nginx", "ollama", "promtool", "amtool")
_CAPS: Final = Caps(timeout=3.0, connect_timeout=2.0)

Line = tuple[str, bool]


def examine(hosts: Sequence[str]) -> Iterator[Line]:
    """Lines to print, each with whether it is as it should be.

    Raises:
        UserError: an option, the host file or a host's name cannot be used.
    """
    yield f"opscheck {opscheck.__version__}, Python {platform.python_version()}, {_versions()}", True
    inventory = host_file()
    path = inventory.path
    yield f"host file: {path or 'none (opscheck init URL writes one)'}", True
    yield "systems: " + ", ".join(sorted(pack_files(path.parent if path else None))), True
    yield "options:", True
    for line in resolve(lambda _: None, inventory=inventory.options).lines():
        yield f"  {line}", True
    yield from _installed()
    offline = asyncio.run(why_offline(""))
    yield f"network: {offline or 'there is a route, and a name server answers'}", True
    yield from _reached([*hosts, *(() if hosts else inventory.hosts)], inventory)


def _versions() -> str:
    found = []
    for name in ("pytest", "pytest-xdist", "httptools", "httpx", "h2"):
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            found.append(f"{name} missing")
    return ", ".join(found)


def _installed() -> Iterator[Line]:
    for extra, modules in _EXTRAS.items():
        missing = [module for module in modules if importlib.util.find_spec(module) is None]
        told = f"missing {', '.join(missing)}: pip install 'opscheck[{extra}]'" if missing else "installed"
        yield f"extra {extra}: {told}", True
    for tool in _TOOLS:
        yield f"tool {tool}: {shutil.which(tool) or 'not on PATH'}", True


def _reached(names: Sequence[str], inventory: Inventory) -> Iterator[Line]:
    redactor = Redactor()
    live = [host for host in select(names, inventory) if host.kind is HostKind.LIVE]
    for host in live:
        for secret in host.secrets.values():
            redactor.register(secret)
        for reference in sorted({one.auth for one in host.endpoints.values() if one.auth} - set(host.secrets)):
            yield f"host {host.name}: secret {reference} is not set; endpoints that want it are asked without", True
    for line, good in asyncio.run(_reach(live)):
        yield redactor.text(line), good


async def _reach(hosts: Sequence[Host]) -> list[Line]:
    client = HttpClient(caps=_CAPS, user_agent=f"opscheck/{opscheck.__version__} (doctor)")
    try:
        asked = [(host, part) for host in hosts for part in host.components.values()]
        seen = await asyncio.gather(*(_knock(client, host, part) for host, part in asked))
    finally:
        await client.aclose()
    lines = []
    for (host, part), answer in zip(asked, seen, strict=True):
        good = not isinstance(answer, Unmeasured)
        told = f"reached, {answer.phases.line()}" if good else f"{answer.kind}: {answer.detail}"  # type: ignore[union-attr] # Unmeasured has them
        lines.append((f"host {host.name}, {part.name} at {part.origin}: {told}", good))
    return lines


async def _knock(client: HttpClient, host: Host, part: Component) -> TcpConnection | DockerEngine | Unmeasured:
    """A connection to a component; a store speaks a protocol of its own, so there it is TCP alone."""
    if part.name == COMPONENT:
        access = EngineAccess(part.url, host.settings.get(COMPONENT, {}).get("cert_folder", ""))
        return await ask_engine(access, _CAPS, engine)
    if part.url.startswith("http"):
        return await client.warm(part.url, caps=_CAPS, ca=host.ca)
    parts = urlsplit(part.url)
    return await tcp(parts.hostname or "", parts.port or PORTS.get(parts.scheme, 0), caps=_CAPS)
