"""Ask again until it is so: a deadline, a growing interval, and a state in which waiting is pointless."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TypeVar

from opscheck.model import Observed, Unmeasured

T = TypeVar("T", bound=Observed | Unmeasured)


async def eventually(
    take: Callable[[], Awaitable[T]],
    until: Callable[[T], bool],
    *,
    deadline: float = 30.0,
    interval: float = 0.5,
    backoff: float = 1.5,
    longest: float = 10.0,
    most: float = float("inf"),
    fatal: Callable[[T], bool] = lambda _: False,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> T:
    """Take an observation until `until` says yes, `fatal` says that it never will, or the deadline is over.

    There is no wait behind the last attempt, and none that would end past the deadline. The last observation comes
    back with the number of attempts; a check that passes on a later one is DEGRADED by the registry, never plain green.

    Args:
        deadline, interval, longest: seconds; the interval grows by `backoff` up to `longest`.
        most: attempts, for what costs too much to be asked until the deadline.
    """
    if backoff < 1 or interval <= 0:
        raise ValueError("eventually needs interval > 0 and backoff >= 1")
    end = clock() + deadline
    attempts = 0
    while True:
        attempts += 1
        seen = await take()
        if until(seen) or fatal(seen) or attempts >= most or clock() + interval > end:
            return replace(seen, attempts=attempts)
        await sleep(interval)
        interval = min(interval * backoff, longest)
