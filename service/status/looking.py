"""How a dependency is looked at: within a limit, and once for everyone who asks."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from ..clock import Clock

T = TypeVar("T")


class Shared(Generic[T]):
    """Whoever asks while a look is under way waits for that look, and what it found is given again for `reuse_s`.

    A crowd costs a dependency no more than one caller does.
    """

    def __init__(self, look: Callable[[], Awaitable[T]], *, clock: Clock, reuse_s: float) -> None:
        self._look = look
        self._clock = clock
        self._reuse_s = reuse_s
        self._last: tuple[float, T] | None = None
        self._round: asyncio.Task[T] | None = None

    async def get(self, *, anew: bool = False) -> T:
        """Give what was found at most `reuse_s` ago; with `anew` nothing that was found before the call."""
        last = self._last
        if not anew and last is not None and self._clock.monotonic() - last[0] < self._reuse_s:
            return last[1]
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self._run())
        # Shielded: a caller that goes away must not take the look from the others.
        return await asyncio.shield(self._round)

    async def close(self) -> None:
        """End a look that is still under way."""
        if self._round is not None and not self._round.done():
            self._round.cancel()
            await asyncio.gather(self._round, return_exceptions=True)

    async def _run(self) -> T:
        found = await self._look()
        self._last = self._clock.monotonic(), found
        return found


class Bounded:
    """Runs calls within a limit. One that ignores being cancelled is left behind, so that nobody waits for it."""

    def __init__(self) -> None:
        self._late: set[asyncio.Task[Any]] = set()

    async def run(self, call: Callable[[], Awaitable[T]], limit_s: float) -> T:
        """Give what the call gives, or raise `TimeoutError` when the limit is over."""

        async def run() -> T:
            return await call()

        task = asyncio.create_task(run())
        try:
            done, _ = await asyncio.wait({task}, timeout=limit_s)
        except asyncio.CancelledError:
            self._leave(task)
            raise
        if not done:
            self._leave(task)
            raise TimeoutError
        return task.result()

    async def close(self) -> None:
        """End what was left behind."""
        late = list(self._late)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _leave(self, task: asyncio.Task[Any]) -> None:
        task.cancel()
        self._late.add(task)
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self._late.discard(task)
        if not task.cancelled():
            task.exception()
