"""Which path an answer takes to a language model, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol

from ..clock import rfc3339
from .dependency import Health, NotReady

if TYPE_CHECKING:
    from ..clock import Clock

PathName = Literal["primary", "warming", "down"]

_PATHS: dict[Health, PathName] = {"pass": "primary", "warn": "warming", "fail": "down"}


class ModelHost(Protocol):
    """What readiness asks of a provider."""

    name: str
    model: str

    async def model_present(self) -> bool:
        """Tell whether the model can be used; raise when its host cannot be asked."""


@dataclass(slots=True)
class LlmPath:
    """The path's state: `primary` when the model answers, `warming` while it is not there yet, else `down`.

    `since` moves only when the path changes, so that a poller can see how long a warming has lasted.
    """

    host: ModelHost
    clock: Clock
    budget_s: float
    path: PathName = "down"
    since: datetime | None = None

    async def probe(self) -> None:
        """Look at the model's host; raise unless the model is there."""
        if not await self.host.model_present():
            raise NotReady(f"model {self.host.model} is not there yet")

    def follow(self, health: Health) -> None:
        """Take the path that a finding about the model's host means."""
        path = _PATHS[health]
        if self.since is None or path != self.path:
            self.path, self.since = path, self.clock.now()

    def as_dict(self) -> dict[str, object]:
        """Give the state as the readiness document tells it."""
        return {
            "path": self.path,
            "model": self.host.model,
            "provider": self.host.name,
            "since": rfc3339(self.since if self.since is not None else self.clock.now()),
            "budget_s": self.budget_s,
        }
