"""What an observation is before it is taken: its coroutine, its cost and what it needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from opscheck.model import Cost, Host

Take: TypeAlias = Callable[..., Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Spec:
    """The declaration of an observation.

    Attributes:
        name: as tests ask for it.
        take: the coroutine function; its arguments are `host`, `probe`, other observations and test parameters.
        arguments: their names, without `host` and `probe`.
        given: those of `host` and `probe` that it takes.
        cost: what one taking may spend, or a function of the host that tells it.
        needs: the endpoints without which it is not applicable.
        serial: taken alone, because a check judges its latency.
        mutating: changes something on the host.
        file: where it is declared.
    """

    name: str
    take: Take
    arguments: tuple[str, ...]
    given: tuple[str, ...]
    cost: Cost | Callable[[Host], Cost]
    needs: tuple[str, ...] = ()
    serial: bool = False
    mutating: bool = False
    file: str = ""

    @property
    def identity(self) -> str:
        """Tells two observations of the same name apart."""
        return f"{self.take.__code__.co_filename}::{self.name}"


Key: TypeAlias = str


@dataclass(frozen=True, slots=True)
class Planned:
    """One observation of one host, to be taken once however many tests ask for it.

    Attributes:
        key: the same in every process of a run.
        inputs: the keys of the observations that it takes as arguments, by argument name.
        parameters: the test parameters that it takes as arguments.
        wanted_by: how many tests wait for it.
    """

    key: Key
    spec: Spec
    host: Host
    inputs: Mapping[str, Key] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def cost(self) -> Cost:
        """What taking it may spend on this host."""
        return self.spec.cost(self.host) if callable(self.spec.cost) else self.spec.cost
