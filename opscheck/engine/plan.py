"""From what tests ask for to what is taken: every observation of a host once, in the order first wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from opscheck.engine.spec import Key, Planned, Spec
from opscheck.errors import SuiteError, did_you_mean
from opscheck.model import Cost, Host

Lookup = Callable[[str], Spec | None]


@dataclass(slots=True)
class Plan:
    """The observations of a run, and how many tests want each."""

    planned: dict[Key, Planned] = field(default_factory=dict)
    wanted: dict[Key, int] = field(default_factory=dict)

    def add(self, spec: Spec, host: Host, lookup: Lookup, parameters: Mapping[str, Any], *, variant: str = "") -> Key:
        """Plan an observation and, before it, those that it takes as arguments; planning it again costs nothing.

        Args:
            variant: the id of the test's parameters, which tells values apart that print alike.

        Raises:
            SuiteError: an argument that is neither an observation nor a parameter, or observations in a circle.
        """
        return self._add(spec, host, lookup, parameters, variant=variant, above=())

    def inputs(self, key: Key) -> list[Key]:
        """What an observation takes as arguments, and what those take, in the order in which to take them."""
        found: dict[Key, None] = {}
        for below in self.planned[key].inputs.values():
            found |= dict.fromkeys((*self.inputs(below), below))
        return list(found)

    def want(self, key: Key) -> None:
        """One more test waits for this observation (and for its inputs)."""
        self.wanted[key] = self.wanted.get(key, 0) + 1

    def _add(
        self,
        spec: Spec,
        host: Host,
        lookup: Lookup,
        parameters: Mapping[str, Any],
        *,
        variant: str,
        above: tuple[str, ...],
    ) -> Key:
        if spec.identity in above:
            names = " -> ".join(identity.rpartition("::")[2] for identity in (*above, spec.identity))
            raise SuiteError(f"{spec.file}: observations ask for each other in a circle: {names}")
        inputs: dict[str, Key] = {}
        values: dict[str, Any] = {}
        for argument in spec.arguments:
            below = lookup(argument)
            if below is not None:
                inputs[argument] = self._add(
                    below, host, lookup, parameters, variant=variant, above=(*above, spec.identity)
                )
            elif argument in parameters:
                values[argument] = parameters[argument]
            else:
                hint = did_you_mean(argument, parameters)
                raise SuiteError(
                    f"{spec.file}: observation {spec.name} takes {argument!r}, which is neither host, probe,"
                    f" another observation nor a parameter of the test{hint}"
                )
        key = "|".join(
            (host.name, spec.identity, *(f"{name}={_told(values[name], variant)}" for name in values), *inputs.values())
        )
        if key not in self.planned:
            self.planned[key] = Planned(key, spec, host, inputs, values)
        return key

    def cost(self) -> dict[str, Cost]:
        """What the whole plan may spend, by host."""
        total: dict[str, Cost] = {}
        for one in self.planned.values():
            total[one.host.name] = total.get(one.host.name, Cost()) + one.cost
        return total

    def lines(self) -> list[str]:
        """What would be asked, for `--ops-plan`."""
        rows = []
        for one in self.planned.values():
            notes = [f"{one.cost.requests} requests"]
            notes += [f"up to {one.cost.tokens} tokens"] if one.cost.tokens else []
            notes += [word for word, true in (("serial", one.spec.serial), ("mutating", one.spec.mutating)) if true]
            shown = ", ".join(f"{name}={value!r}" for name, value in one.parameters.items())
            call = f"{one.spec.name}({shown})" if shown else one.spec.name
            endpoints = [one.host.endpoints[need] for need in one.spec.needs if need in one.host.endpoints]
            asked = [f"{endpoint.method} {endpoint.path}" for endpoint in endpoints]
            rows.append(f"{one.host.name}  {call}  {', '.join(asked)}  [{', '.join(notes)}]")
        return rows


def _told(value: object, variant: str) -> str:
    """A value in a key: plain values as they are, others by the test's own id, which is the same in every process."""
    plain = isinstance(value, str | int | float | bool | bytes | Enum) or value is None
    return repr(value) if plain else f"({variant})"
