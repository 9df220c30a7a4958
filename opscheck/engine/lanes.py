"""Which observation is next: in the order wanted, no host alone, none above its limit, the serial ones at the end."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from typing import Final

from opscheck.engine.spec import Planned

_SIDE_BY_SIDE: Final = 4  # hosts that are asked at the same time, where that many wait


class Lanes:
    """The queue of a run. Not thread-safe: it lives in the engine's loop.

    Hosts come in the order in which tests want them, so that pytest works on the first while the next are asked. As
    long as others wait, a host gets no more than its share of what may be in flight.
    """

    def __init__(self, in_flight: int, per_host: dict[str, int]) -> None:
        self._in_flight = in_flight
        self._share = max(1, in_flight // _SIDE_BY_SIDE)
        self._per_host = per_host
        self._waiting: dict[str, deque[Planned]] = {}
        self._serial: deque[Planned] = deque()
        self._active: Counter[str] = Counter()
        self._running = 0
        self._alone = False

    @property
    def drained(self) -> bool:
        """Nothing of the concurrent lane is waiting or running."""
        return not self._running and not self._waiting

    def close(self) -> None:
        """Start nothing more."""
        self._in_flight = 0
        self._serial.clear()

    def add(self, observations: Iterable[Planned], *, first: bool = False) -> None:
        """Queue observations whose inputs are there; `first` for those that something is waiting for right now."""
        for one in observations:
            if one.spec.serial:
                self._serial.append(one)
                continue
            queue = self._waiting.setdefault(one.host.name, deque())
            queue.appendleft(one) if first else queue.append(one)

    def next(self) -> Planned | None:
        """The next observation to start now, or None; `done` has to be told of each."""
        if self._alone:
            return None
        if self._running < self._in_flight:
            name = self._host(self._share) or self._host(self._in_flight)
            if name:
                return self._start(name)
        if self._serial and self.drained:
            self._alone = True
            return self._serial.popleft()
        return None

    def done(self, one: Planned) -> None:
        """An observation has ended; its place is free."""
        if one.spec.serial:
            self._alone = False
            return
        self._running -= 1
        self._active[one.host.name] -= 1

    def _host(self, most: int) -> str:
        """The first host that something waits for and that has fewer than `most` under way, within its own limit."""
        for name in self._waiting:
            if self._active[name] < min(most, self._per_host.get(name, most)):
                return name
        return ""

    def _start(self, name: str) -> Planned:
        queue = self._waiting[name]
        one = queue.popleft()
        if not queue:
            del self._waiting[name]
        self._running += 1
        self._active[name] += 1
        return one
