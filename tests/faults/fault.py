"""What a broken service is: one defect, and the checks that have to find it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.asgi import Wrap, as_it_is


@dataclass(frozen=True, slots=True)
class Fault:
    """One defect of a service that is otherwise the reference service.

    Attributes:
        name: of the host under which it runs.
        red: the checks that FAIL on it, and no other does.
        shows: the faults of those checks that it is an example of; its name where nothing else is said.
        blind: checks that may not be able to see behind it.
        system: the pack that it is held against.
        agent, webfetch: what is wrapped around the applications.
        settings, fetcher_settings: what the applications are set up with.
        made: parts that take the place of the agent's own.
        slo: budgets of the host.
        toml: further lines of the host file; HOST stands for the host's name.
        edge: the service stands behind a real nginx with TLS and the shipped configuration, changed by this function
            of its text; `tests.parts.edge.as_shipped` changes nothing. Systems whose primary component is the edge
            have one in any case. The host file lists edge, edge_plain and, where the pack has it, the backend.
        edge_variables: values of fixtures/edge/edge.env that differ, such as EDGE_BURST.
        certificate: which of the test authority's certificates the edge serves, by its name there, or `expiring`.
        backend_stopped: nothing listens where the edge looks for the service.
        backend_frozen: the service's address takes connections and never answers.
        fetcher_stopped: nothing listens at the page fetcher's address.
    """

    name: str
    red: frozenset[str]
    shows: frozenset[str] = frozenset()
    blind: frozenset[str] = frozenset()
    system: str = "reference"
    agent: Wrap = as_it_is
    webfetch: Wrap = as_it_is
    settings: Mapping[str, Any] = field(default_factory=dict)
    fetcher_settings: Mapping[str, Any] = field(default_factory=dict)
    made: Mapping[str, Any] = field(default_factory=dict)
    slo: Mapping[str, float] = field(default_factory=dict)
    fetcher_stopped: bool = False
    toml: str = ""
    edge: Callable[[str], str] | None = None
    edge_variables: Mapping[str, str] = field(default_factory=dict)
    certificate: str = "good"
    backend_stopped: bool = False
    backend_frozen: bool = False

    @property
    def needs_own_fetcher(self) -> bool:
        """Its page fetcher cannot be shared with other faults."""
        return self.webfetch is not as_it_is or bool(self.fetcher_settings) or self.fetcher_stopped


def fault(name: str, red: str, *, shows: str = "", blind: str = "", **more: Any) -> Fault:  # noqa: ANN401 - fields
    """A fault, its checks and what it shows written as words with spaces in between."""
    named = frozenset(shows.split()) or frozenset({name})
    return Fault(name, frozenset(red.split()), named, frozenset(blind.split()), **more)
