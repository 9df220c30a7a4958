"""Which broken services there are, by the suites that have to find them out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tests.faults import (
    agent_stack,
    cors_faults,
    edge_faults,
    legacy_faults,
    sri_faults,
    status_edge_faults,
    status_faults,
)
from tests.faults.fault import Fault


@dataclass(frozen=True, slots=True)
class Catalog:
    """Broken services that one run judges together.

    Attributes:
        suites: the marker expression of that run.
        faults: each turns exactly its checks red.
        unbroken: turn none red.
    """

    suites: str
    faults: tuple[Fault, ...]
    unbroken: tuple[Fault, ...]

    @property
    def every(self) -> tuple[Fault, ...]:
        """All of its services."""
        return (*self.unbroken, *self.faults)


CATALOGS: Final[Mapping[str, Catalog]] = {
    "agent": Catalog("readiness or smoke", agent_stack.FAULTS, agent_stack.UNBROKEN),
    "cors": Catalog("cors", cors_faults.CORS, cors_faults.UNBROKEN),
    "status": Catalog("status and not edge", status_faults.STATUS, status_faults.STATUS_UNBROKEN),
    "status-edge": Catalog(
        "status and not edge", status_edge_faults.STATUS_EDGE, status_edge_faults.STATUS_EDGE_UNBROKEN
    ),
    "edge": Catalog("edge", edge_faults.EDGE, edge_faults.UNBROKEN),
    "sri": Catalog("sri", sri_faults.SRI, sri_faults.SRI_UNBROKEN),
    "sri-edge": Catalog("sri", sri_faults.SRI_EDGE, sri_faults.SRI_EDGE_UNBROKEN),
    "legacy": Catalog("legacy", legacy_faults.LEGACY_FAULTS, legacy_faults.LEGACY_UNBROKEN),
}
