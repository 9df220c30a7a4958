"""One thing that the service needs, and how it is found to be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ..clock import rfc3339

Health = Literal["pass", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Dependency:
    """A dependency's name, kind and probe.

    The probe returns when all is well and raises otherwise. `required` tells whether the service is of use without it.
    """

    name: str
    component_type: str
    probe: Callable[[], Awaitable[None]]
    required: bool = True


@dataclass(frozen=True, slots=True)
class Finding:
    """What one look at a dependency found; `blocks` tells whether it makes the service unready."""

    name: str
    component_type: str
    status: Health
    blocks: bool
    at: datetime
    took_ms: float
    output: str | None = None

    def as_check(self) -> dict[str, object]:
        """Give the entry of a health document."""
        check: dict[str, object] = {
            "componentType": self.component_type,
            "status": self.status,
            "time": rfc3339(self.at),
            "observedValue": round(self.took_ms, 1),
            "observedUnit": "ms",
        }
        if self.output is not None and self.status != "pass":
            check["output"] = self.output
        return check
