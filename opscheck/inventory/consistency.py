"""What a schema cannot say: a host's own words have to be words of its system, and its numbers have to make sense."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final, NoReturn
from urllib.parse import urlsplit

from opscheck.errors import InventoryError, did_you_mean
from opscheck.inventory.containers import check_containers
from opscheck.inventory.systems import System

_MOST_BURST: Final = 1000  # requests that may have to pass at once
_MOST_BODY: Final = 64 * 1024 * 1024  # bytes; a body is made whole
_ERRORS: Final = ("problem", "any")
_ENGINE: Final = "docker"  # the component whose url leads to a container engine
_ENGINES: Final = ("unix:", "npipe:", "tcp:", "docker:")  # and, over TLS, https


def check_host(name: str, data: Mapping[str, Any], system: System, reference: System, folder: Path) -> None:
    """Hold a host's table against its system.

    Args:
        reference: the pack that promises everything the shipped suites know: budgets and expectations of its own are
            known on every host, because a host may add endpoints to those of its system.

    Raises:
        InventoryError: one line that names the key and what would be right.
    """
    _urls(name, data, system)
    check_containers(name, data)
    expect = {
        section: {**reference.expect.get(section, {}), **system.expect.get(section, {})}
        for section in {*reference.expect, *system.expect}
    }
    for key, value in data.get("slo", {}).items():
        _known(f"hosts.{name}.slo", key, {*reference.slo, *system.slo})
        if not math.isfinite(value):
            _wrong(f"hosts.{name}.slo.{key}", f"{value} is no budget")
    for section, settings in data.get("expect", {}).items():
        _known(f"hosts.{name}.expect", section, expect)
        for key, value in settings.items():
            _setting(f"hosts.{name}.expect.{section}", key, value, expect[section])
    _edge(name, data.get("expect", {}).get("edge", {}))
    _samples(name, {**system.expect.get("chat", {}), **data.get("expect", {}).get("chat", {})})
    wanted = {endpoint.auth for endpoint in system.endpoints.values() if endpoint.auth}
    for secret in data.get("secrets", {}):
        # A suite of the user's own may want a secret of its own; only a near miss is a mistake.
        if secret not in wanted and did_you_mean(secret, wanted):
            _known(f"hosts.{name}.secrets", secret, wanted)
    ca = data.get("ca")
    if ca and not (folder / Path(ca).expanduser()).is_file():
        _wrong(f"hosts.{name}.ca", f"there is no file {ca}")


def _urls(name: str, data: Mapping[str, Any], system: System) -> None:
    urls = data.get("urls", {})
    if "url" in data and system.primary in urls:
        _wrong(f"hosts.{name}.url", f"urls names {system.primary} as well; one of the two is enough")
    for component in urls:
        _known(f"hosts.{name}.urls", component, system.components)
    for component, url in urls.items():
        engine, as_engine = component == _ENGINE, url.startswith(_ENGINES)
        if engine and not as_engine and not url.startswith("https:"):
            forms = "unix:///var/run/docker.sock, tcp://HOST:2375, https://HOST:2376 or docker://context"
            _wrong(f"hosts.{name}.urls.{component}", f"{url} leads to no container engine: write {forms}")
        if as_engine and not engine:
            _wrong(f"hosts.{name}.urls.{component}", f"{url} leads to a container engine, and {component} is none")
    for url in [*urls.values(), *([data["url"]] if "url" in data else [])]:
        try:
            urlsplit(url).port  # noqa: B018 - asking is what finds it out
        except ValueError:
            _wrong(f"hosts.{name}", f"{url} has no port between 0 and 65535")


def _setting(where: str, key: str, value: object, known: Mapping[str, Any]) -> None:
    _known(where, key, known)
    if type(value) is not type(known[key]) and (type(value), type(known[key])) != (int, float):
        _wrong(f"{where}.{key}", f"{value!r} is no {type(known[key]).__name__}")


def _edge(name: str, edge: Mapping[str, Any]) -> None:
    """What is sent to the edge stays bounded, whatever is typed."""
    for key, most in (("burst", _MOST_BURST), ("body_bytes", _MOST_BODY)):
        if not 0 <= edge.get(key, 0) <= most:
            _wrong(f"hosts.{name}.expect.edge.{key}", f"{edge[key]} is not between 0 (not asked) and {most}")
    if edge.get("errors", _ERRORS[0]) not in _ERRORS:
        _wrong(f"hosts.{name}.expect.edge.errors", f"{edge['errors']!r} is none of {', '.join(_ERRORS)}")


def _samples(name: str, chat: Mapping[str, Any]) -> None:
    asked, needed = chat.get("asked", 1), chat.get("needed", 1)
    if not 1 <= needed <= asked:
        _wrong(f"hosts.{name}.expect.chat", f"needed = {needed} of asked = {asked}: 1 <= needed <= asked")


def _known(where: str, key: str, known: Iterable[str]) -> None:
    names = sorted(known)
    if key not in names:
        _wrong(f"{where}.{key}", f"unknown key{did_you_mean(key, names)} (known: {', '.join(names)})")


def _wrong(where: str, why: str) -> NoReturn:
    raise InventoryError(f"{where}: {why}")
