"""How a run goes about it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How a run goes about it.

    Attributes:
        timeout, preflight_timeout, deadline: seconds.
        concurrency: observations in flight over all hosts and workers.
        control: HOST:PORT that is up when the network is.
        ceiling: seconds for one request, whatever a suite asks for.
        user_agent: names the tool and the run to whoever reads the host's access log.
    """

    timeout: float
    preflight_timeout: float
    deadline: float
    concurrency: int
    control: str
    user_agent: str
    ceiling: float = float("inf")
