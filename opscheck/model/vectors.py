"""What a vector store did with a point of our own: taken, found, removed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opscheck.model.evidence import Evidence, Json
from opscheck.model.exchange import HttpExchange
from opscheck.model.request import Phases, mask_url
from opscheck.model.unmeasured import Unmeasured

Answer = HttpExchange | Unmeasured | None


@dataclass(frozen=True, slots=True)
class PointTrip:
    """One point with an id of its own, step by step; None where a step was not come to.

    Attributes:
        put: the answer to giving it; `point` is the id.
        searched: to searching for it by its own vector, among points with its id.
        removed: to removing it.
        left: to asking for it afterwards.
    """

    point: str
    put: HttpExchange
    searched: Answer = None
    removed: Answer = None
    left: Answer = None
    attempts: int = 1

    @property
    def at(self) -> datetime:
        """When it was given."""
        return self.put.at

    @property
    def phases(self) -> Phases:
        """Those of giving it."""
        return self.put.phases

    def evidence(self) -> Evidence:
        """Every answer, in short."""
        steps = (("put", self.put), ("search", self.searched), ("remove", self.removed), ("left", self.left))
        details: Json = {name: dict(answer.evidence().as_dict()) for name, answer in steps if answer is not None}
        told = ", ".join(f"{name} {_code(answer)}" for name, answer in steps if answer is not None)
        where = mask_url(self.put.request.url)
        return Evidence("point-trip", where, self.at, told, self.phases, 1, {"point": self.point, **details})


def _code(answer: HttpExchange | Unmeasured) -> str:
    return str(answer.status) if isinstance(answer, HttpExchange) else answer.kind.value
