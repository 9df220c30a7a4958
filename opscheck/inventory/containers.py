"""What a host file may say of the host `containers`, and which parts a run starts for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from opscheck.errors import InventoryError
from opscheck.model import HostKind

CONTAINERS: Final = "containers"
_ALWAYS: Final = ("agent", "webfetch")
_OPTIONAL: Final = ("edge", "ollama")  # started where the host file names an image for them


def started_parts(kind: HostKind, data: Mapping[str, Any]) -> tuple[str, ...]:
    """The components that get their addresses when the host is brought up."""
    if kind is HostKind.LIVE:
        return ()
    if kind is HostKind.EMBEDDED:
        return _ALWAYS
    named = tuple(part for part in _OPTIONAL if part in data.get("images", {}))
    # Beside Ollama the second service is the fallback only: whether it is there says nothing about readiness.
    return (*_ALWAYS, *(named if "ollama" in named else ("llm", *named)))


def check_containers(name: str, data: Mapping[str, Any]) -> None:
    """Hold what is said of containers against the host that it is said of.

    Raises:
        InventoryError: one line that names the key and what would be right.
    """
    for key in ("images", "model"):
        if key in data and name != CONTAINERS:
            raise InventoryError(f"hosts.{name}.{key}: only the host {CONTAINERS} is started from images")
    if ("ollama" in data.get("images", {})) != bool(data.get("model")):
        raise InventoryError(f"hosts.{name}: images.ollama and model are needed together")
