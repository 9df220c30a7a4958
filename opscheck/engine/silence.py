"""A component that takes connections and answers nothing at all is one root cause, not one for each check."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TypeVar

from opscheck.engine.preflight import component_of
from opscheck.model import EventStream, Host, HttpExchange, Kind, Unmeasured

T = TypeVar("T", bound=HttpExchange | EventStream | Unmeasured)


@dataclass(slots=True)
class Silence:
    """Who has answered anything in this run: where nobody was heard, the first wait in vain is not a slow endpoint."""

    _heard: set[tuple[str, str]] = field(default_factory=set)

    def told(self, host: Host, url: str, seen: T) -> T:
        """The same; a wait in vain for a component that never answered says which silence it belongs to."""
        component = component_of(host, url)
        if component is None:
            return seen
        place = (host.name, component.name)
        if not isinstance(seen, Unmeasured):
            self._heard.add(place)
            return seen
        in_vain = seen.kind is Kind.TIMEOUT and not seen.cause and seen.connected and seen.phases.first_byte is None
        if not in_vain or place in self._heard:
            return seen
        remedy = f"{component.name} takes connections and answers nothing: look at its log, then start it again"
        return replace(seen, silence=f"{host.name}:{component.name}:silent", remedy=seen.remedy or remedy)
