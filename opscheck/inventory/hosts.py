"""From names and URLs to Hosts: the host file, its system packs and the overrides of each host."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from opscheck.errors import InventoryError, did_you_mean
from opscheck.inventory.consistency import check_host
from opscheck.inventory.containers import CONTAINERS, started_parts
from opscheck.inventory.document import read
from opscheck.inventory.secrets import read_secrets
from opscheck.inventory.systems import System, load_system, pack_files
from opscheck.model import Component, Endpoint, Host, HostKind, Limits
from opscheck.redact import Secret

Pack = Callable[[str, Path], System]
FILE_NAME: Final = "opscheck.toml"
ADDRESS: Final = re.compile(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):[0-9]{1,5}(/\S*)?")
_MOST_NAMES: Final = 20  # of a fleet
EMBEDDED: Final = "embedded"
EMBEDDED_ORIGIN: Final = "https://app.example.org"  # the one that a service which a run starts lets in
DEFAULT_SYSTEM: Final = "reference"
PLACEHOLDER: Final = "started.invalid"  # a service has no address before it is started
_KINDS: Final = {EMBEDDED: HostKind.EMBEDDED, CONTAINERS: HostKind.CONTAINERS}
_MISSPELT: Final = 0.75  # alike: a name that is further away is another endpoint
_OURS: Final = Limits(concurrency=64)  # of a host that a run starts for itself


@dataclass(frozen=True, slots=True)
class Inventory:
    """A host file, or none: then only `embedded`, `containers` and URLs can be named."""

    path: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    hosts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """Every host that can be named."""
        return sorted({*_KINDS, *self.hosts})


def find_inventory(start: Path) -> Path | None:
    """opscheck.toml in this folder or the nearest one above it."""
    return next((place / FILE_NAME for place in (start, *start.parents) if (place / FILE_NAME).is_file()), None)


def load_inventory(path: Path | None) -> Inventory:
    """Read and validate a host file.

    Raises:
        InventoryError: it cannot be read, or is not valid.
    """
    if path is None:
        return Inventory()
    data = read(path, "inventory.schema.json")
    return Inventory(path, data.get("options", {}), data.get("hosts", {}))


def select(words: Iterable[str], inventory: Inventory, *, system: str = "") -> list[Host]:
    """The hosts that the user named, each once, in the order named.

    Args:
        words: names of the host file, `embedded`, `containers`, or http(s) URLs.
        system: the system pack of hosts given as URLs.

    Raises:
        InventoryError: an unknown name, with the nearest known one.
    """
    hosts: dict[str, Host] = {}
    pack = functools.cache(load_system)  # a fleet has many hosts of few kinds
    for word in words:
        host = _by_url(word, inventory, system, pack) if "://" in word else _by_name(word, inventory, pack)
        before = hosts.setdefault(host.name, host)
        if before.components != host.components:
            raise InventoryError(f"two URLs would both be called {host.name}: give them names in {FILE_NAME}")
    return list(hosts.values())


def _by_name(name: str, inventory: Inventory, pack: Pack) -> Host:
    if name in inventory.hosts:
        return _build(name, inventory.hosts[name], inventory, pack)
    if name in _KINDS:
        return _build(name, {}, inventory, pack)
    if ADDRESS.fullmatch(name):
        raise InventoryError(f'unknown host "{name}"; did you mean "http://{name}"?')
    hint = did_you_mean(name, inventory.names)
    where = inventory.path or f"there is no {FILE_NAME} here: opscheck init URL --name {name} writes one"
    known = ", ".join(inventory.names[:_MOST_NAMES]) + (", ..." if len(inventory.names) > _MOST_NAMES else "")
    raise InventoryError(f'unknown host "{name}"{hint} (known: {known}; {where})')


def _by_url(url: str, inventory: Inventory, system: str, pack: Pack) -> Host:
    parts = urlsplit(url)
    try:
        address = f"{parts.hostname}-{parts.port}" if parts.port else str(parts.hostname)
    except ValueError:
        raise InventoryError("a host is a name or a URL such as https://ops.example.org:8443") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise InventoryError(
            "a host is a name or a URL such as https://ops.example.org:8443, without query and fragment"
        )
    if parts.password or parts.username:
        raise InventoryError(f"{parts.hostname}: credentials do not belong in a URL; name the host in {FILE_NAME}")
    name = re.sub(r"[^A-Za-z0-9.]+", "-", address).strip("-")
    return _build(name, {"url": url, "system": system or DEFAULT_SYSTEM}, inventory, pack)


def _build(name: str, data: Mapping[str, Any], inventory: Inventory, pack: Pack) -> Host:
    folder = inventory.path.parent if inventory.path else Path.cwd()
    system = pack(data.get("system", DEFAULT_SYSTEM), folder)
    kind = _KINDS.get(name, HostKind.LIVE)
    components = _components(name, kind, data, system)
    check_host(name, data, system, pack(DEFAULT_SYSTEM, folder), folder)
    limits = data.get("limits", {})
    ca = data.get("ca")
    secrets = _secrets(data, folder)
    return Host(
        name=name,
        kind=kind,
        system=system.name,
        components=components,
        endpoints=_endpoints(name, data, system),
        secrets=secrets,
        unset=tuple(sorted(set(data.get("secrets", {})) - set(secrets))),
        slo={**system.slo, **data.get("slo", {})},
        settings=_settings(kind, system, data, folder),
        limits=Limits(**limits) if limits else (Limits() if kind is HostKind.LIVE else _OURS),
        sensitive=data.get("sensitive", False),
        ca=folder / Path(ca).expanduser() if ca else None,
        http2=data.get("http2", False),
    )


def _components(name: str, kind: HostKind, data: Mapping[str, Any], system: System) -> dict[str, Component]:
    urls = dict(data.get("urls", {}))
    if "url" in data:
        urls.setdefault(system.primary, data["url"])
    started = [part for part in started_parts(kind, data) if part in system.components]
    urls = {part: f"http://{part}.{PLACEHOLDER}" for part in started} | urls
    if not urls:
        raise InventoryError(f"host {name} has neither url nor urls")
    for plain, secure in system.plain_of.items():
        # Both listen at the standard ports: where one is, the other is known. Elsewhere the host file says it.
        parts = urlsplit(urls.get(secure, ""))
        if plain not in urls and parts.scheme == "https" and parts.port in (None, 443):
            urls[plain] = f"http://{parts.hostname}"
    return {key: Component(key, url.rstrip("/")) for key, url in sorted(urls.items())}


def _endpoints(name: str, data: Mapping[str, Any], system: System) -> dict[str, Endpoint]:
    endpoints = dict(system.endpoints)
    for key, change in data.get("endpoints", {}).items():
        known = endpoints.get(key)
        if known is None and not {"component", "path"} <= set(change):
            raise InventoryError(f"host {name}: endpoints.{key}: {_no_endpoint(key, system)}")
        base = (
            {"component": known.component, "path": known.path, "method": known.method, "auth": known.auth}
            if known
            else {}
        )
        endpoints[key] = Endpoint(name=key, **{**base, **change})
        if endpoints[key].component not in system.components:
            hint = did_you_mean(endpoints[key].component, system.components)
            raise InventoryError(f"host {name}: endpoints.{key}: no component {endpoints[key].component}{hint}")
    return endpoints


def _no_endpoint(key: str, system: System) -> str:
    """What to do about an endpoint that the system has not: one of another pack is missing on purpose, not misspelt."""
    elsewhere = {endpoint for pack in pack_files() for endpoint in load_system(pack).endpoints}
    hint = "" if key in elsewhere else did_you_mean(key, system.endpoints, alike=_MISSPELT)
    to_add = f'; component and path add it: {key} = {{ component = "{system.primary}", path = "/..." }}'
    known = ", ".join(sorted(system.endpoints))
    return f"system {system.name} has no endpoint of that name{hint or to_add} (it has: {known})"


def _settings(kind: HostKind, system: System, data: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    settings = _merged(system.expect, _beside(data.get("expect", {}), folder))
    if kind is not HostKind.LIVE:
        page = {"url": f"http://page.{PLACEHOLDER}"}
        log = {"log_files": [PLACEHOLDER]}
        for section, values in (("tool", page), ("cors", {"allowed": [EMBEDDED_ORIGIN]}), ("logs", log)):
            set_by_user = {key: value for key, value in settings.get(section, {}).items() if value}
            settings[section] = {**settings.get(section, {}), **values, **set_by_user}
    if kind is HostKind.CONTAINERS:
        settings[CONTAINERS] = {"images": dict(data.get("images", {})), "model": data.get("model", "")}
    return settings


def _beside(expect: Mapping[str, Mapping[str, Any]], folder: Path) -> dict[str, dict[str, Any]]:
    """The same with files and folders relative to the host file, as their keys tell: `_file`, `_files`, `_folder`."""

    def placed(key: str, value: Any) -> Any:  # noqa: ANN401 - a setting has the type that its pack gives it
        if key.endswith("_files"):
            return [str(folder / Path(one).expanduser()) for one in value]
        return str(folder / Path(value).expanduser()) if key.endswith(("_file", "_folder")) and value else value

    return {section: {key: placed(key, value) for key, value in told.items()} for section, told in expect.items()}


def _secrets(data: Mapping[str, Any], folder: Path) -> dict[str, Secret]:
    return read_secrets(data.get("secrets", {}), folder=folder)


def _merged(base: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    return {key: {**base.get(key, {}), **change.get(key, {})} for key in sorted({*base, *change})}
