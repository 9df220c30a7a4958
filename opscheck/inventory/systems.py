"""System packs: what a kind of system promises, as data. Shipped ones, and a user's own beside the host file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opscheck.bundled import folder
from opscheck.errors import InventoryError, did_you_mean
from opscheck.inventory.document import read
from opscheck.model import Endpoint


@dataclass(frozen=True, slots=True)
class System:
    """A contract pack.

    Attributes:
        primary: the component that a lone URL means.
        components: their names.
        plain_of: components that are another one over plain HTTP, with that other's name.
        expect: further data by section, for what the suites expect.
    """

    name: str
    title: str
    primary: str
    components: tuple[str, ...]
    endpoints: Mapping[str, Endpoint]
    slo: Mapping[str, float]
    expect: Mapping[str, Mapping[str, Any]]
    plain_of: Mapping[str, str] = field(default_factory=dict)


def pack_files(beside: Path | None = None) -> dict[str, Path]:
    """Every pack by name: those in a folder `systems` beside the host file win over the shipped ones."""
    places = [folder("fixtures") / "systems", *([beside / "systems"] if beside else [])]
    return {path.stem: path for place in places if place.is_dir() for path in sorted(place.glob("*.toml"))}


def load_system(name: str, beside: Path | None = None) -> System:
    """The pack of that name.

    Raises:
        InventoryError: there is none, or it is not valid.
    """
    packs = pack_files(beside)
    if name not in packs:
        raise InventoryError(f'unknown system "{name}"{did_you_mean(name, packs)} (known: {", ".join(sorted(packs))})')
    path = packs[name]
    data = read(path, "system.schema.json")
    endpoints = {key: Endpoint(name=key, **value) for key, value in data["endpoints"].items()}
    components = tuple(data["components"])
    for endpoint in endpoints.values():
        if endpoint.component not in components:
            hint = did_you_mean(endpoint.component, components)
            raise InventoryError(f"{path}: endpoints.{endpoint.name}: no component {endpoint.component}{hint}")
    if data["primary"] not in components:
        raise InventoryError(
            f"{path}: primary: no component {data['primary']}{did_you_mean(data['primary'], components)}"
        )
    return System(
        name,
        data["title"],
        data["primary"],
        components,
        endpoints,
        data.get("slo", {}),
        data.get("expect", {}),
        {key: facts["plain_of"] for key, facts in data["components"].items() if "plain_of" in facts},
    )
