"""What a run has spent on each host, and the pace at which it may go on."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from opscheck.model import Limits


@dataclass(slots=True)
class Spent:
    """Requests sent and tokens used on one host."""

    requests: int = 0
    tokens: int = 0


class Pace:
    """At most so many requests per second, evenly spaced; 0 means as fast as it goes.

    >>> import asyncio; asyncio.run(Pace(0).turn())
    """

    def __init__(self, per_second: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._next = 0.0
        self._clock = clock

    async def turn(self) -> None:
        """Wait until the next request may go out."""
        if not self._gap:
            return
        now = self._clock()
        mine = max(now, self._next)
        self._next = mine + self._gap
        if mine > now:
            await asyncio.sleep(mine - now)


@dataclass(slots=True)
class HostBudget:
    """The limits of one host, shared by everything that asks it in this process."""

    limits: Limits
    spent: Spent = field(default_factory=Spent)
    pace: Pace = field(init=False)

    def __post_init__(self) -> None:
        self.pace = Pace(self.limits.requests_per_second)
