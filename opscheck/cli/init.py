"""`opscheck init URL`: look at the well-known endpoints, propose the system pack, write the host to the host file."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import opscheck
from opscheck.cli.init_file import check_room, put_host
from opscheck.errors import InventoryError
from opscheck.inventory import FILE_NAME, Inventory, System, find_inventory, load_system, pack_files, select
from opscheck.model import HttpExchange, Kind, Request, Unmeasured
from opscheck.probes.http import HttpClient
from opscheck.probes.limits import Caps
from opscheck.settings import resolve

_CAPS: Final = Caps(timeout=5.0, connect_timeout=3.0, body=256 * 1024)
_SITE: Final = "web"  # the pack of whatever answers to a browser
_NOT_THERE: Final = (404, 501)
_ENOUGH: Final = 0.5  # of what a system promises


def write_host_file(url: str, name: str, file: Path) -> Iterator[str]:
    """Look, write the host to the file, and tell what was seen line by line.

    Raises:
        InventoryError: the file cannot take the host, the name or URL cannot be used, or nothing answers there.
        OptionError: the file cannot be written, or `OPSCHECK_INVENTORY` cannot be used.
    """
    run_from = resolve(lambda _: None).inventory
    check_room(file, name)
    select([url], Inventory())
    url = url.rstrip("/")
    systems = [load_system(pack) for pack in sorted(pack_files())]
    seen = asyncio.run(_look(url, systems))
    unreached = next(
        (one for one in seen.values() if isinstance(one, Unmeasured) and (not one.connected or one.kind is Kind.TLS)),
        None,
    )
    if unreached is not None:
        told = "; SSL_CERT_FILE names a private authority" if unreached.kind is Kind.TLS else ""
        raise InventoryError(f"nothing to look at: {unreached.detail}; nothing was written{told}")
    elsewhere = _leads_to(seen.get("/"))
    if elsewhere:
        raise InventoryError(f"{url} leads to {elsewhere}: use that; nothing was written")
    yield from (_line(path, answer) for path, answer in sorted(seen.items()))
    services = [system for system in systems if system.name != _SITE]
    best = max(services, key=lambda system: (_score(system, seen), system.name == "reference"))
    matched, asked = _matched(best, seen)
    root = seen.get("/")
    if matched < asked * _ENOUGH and isinstance(root, HttpExchange) and root.status < 400:
        yield f"none of the systems that are known; taken as {_SITE}: what browsers see of it can be checked"
        best = next(system for system in systems if system.name == _SITE)
        matched = asked = 1
    if matched < asked * _ENOUGH:
        yield "nothing was written: this looks like none of the systems that are known"
        raise InventoryError(f"{matched} of {asked} endpoints of {best.name} are there; is {url} the right address?")
    above = None if file.exists() or file.name != FILE_NAME else find_inventory(file.resolve().parent)
    told = f"host {name} added" if put_host(file, name, url, best) else f"host {name}"
    yield f"{file}: {told} as system {best.name} ({matched} of {asked} endpoints of {best.primary} are there)"
    if above is not None:
        yield f"note: {above} is hidden by it; --file {shlex.quote(str(above))} would add a host there"
    others = [f"{name} = a URL" for name in best.components if name != best.primary]
    if others:
        yield f"not asked: {', '.join(others)}: add them to urls to have them checked as well"
    suites = '"cors or sri or edge"' if best.name == _SITE else "readiness"
    yield f"next: opscheck run -m {suites} --host {name}{_named(file, run_from)}"


def _named(file: Path, run_from: str) -> str:
    """The option that a run needs to find the file; empty where it finds it by itself."""
    found = Path.cwd() / run_from if run_from else find_inventory(Path.cwd())
    same = found is not None and found.resolve() == file.resolve()
    return "" if same else f" --ops-inventory={shlex.quote(str(file))}"


def _leads_to(root: HttpExchange | Unmeasured | None) -> str:
    """The origin over TLS that plain HTTP leads to; empty where it leads nowhere else."""
    location = root.header("location") if isinstance(root, HttpExchange) and 300 <= root.status < 400 else None
    parts = urlsplit(location or "")
    return f"https://{parts.netloc}" if parts.scheme == "https" and not root.request.url.startswith("https:") else ""  # type: ignore[union-attr] # a location has an exchange


def _paths(system: System) -> dict[str, str]:
    endpoints = system.endpoints.values()
    return {one.path: one.method for one in endpoints if one.component == system.primary and not one.optional}


async def _look(url: str, systems: list[System]) -> dict[str, HttpExchange | Unmeasured]:
    """One harmless request to each well-known path: GET, or OPTIONS where the promise is a POST."""
    paths = {path: method for system in systems for path, method in _paths(system).items()}
    client = HttpClient(caps=_CAPS, user_agent=f"opscheck/{opscheck.__version__} (init)")
    try:
        requests = [Request("GET" if method == "GET" else "OPTIONS", url + path) for path, method in paths.items()]
        answers = await asyncio.gather(*(client.http(request) for request in requests))
    finally:
        await client.aclose()
    return dict(zip(paths, answers, strict=True))


def _there(answer: HttpExchange | Unmeasured | None) -> bool:
    """Something answers there that is no page for people."""
    return isinstance(answer, HttpExchange) and answer.status not in _NOT_THERE and answer.content_type != "text/html"


def _matched(system: System, seen: Mapping[str, HttpExchange | Unmeasured]) -> tuple[int, int]:
    paths = _paths(system)
    return sum(_there(seen.get(path)) for path in paths), len(paths)


def _score(system: System, seen: Mapping[str, HttpExchange | Unmeasured]) -> float:
    """Endpoints that are there, less those that are missing: a pack that promises more has to keep more."""
    matched, asked = _matched(system, seen)
    return matched - 2.0 * (asked - matched)


def _line(path: str, answer: HttpExchange | Unmeasured) -> str:
    told = str(answer.status) if isinstance(answer, HttpExchange) else answer.detail
    return f"  {path:<24} {told}"
