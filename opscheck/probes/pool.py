"""Open connections by origin: the one used last is used next, and nothing is ever scanned."""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path
from time import monotonic
from typing import Final, TypeAlias

from opscheck.probes.connection import Connection

Lane: TypeAlias = tuple[tuple[str, str, int], bool, Path | None]  # origin, HTTP/2 wanted, authorities

MOST_IDLE: Final = 64  # per lane
IDLE_AGE: Final = 15.0  # seconds


class Pool:
    """Keeps idle connections; one that is in use belongs to whoever took it."""

    def __init__(self) -> None:
        self._idle: dict[Lane, deque[Connection]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None

    def take(self, lane: Lane, method: str) -> Connection | None:
        """The connection that was put back last, if it can still carry such a request."""
        idle = self._idle.get(lane)
        if not idle:
            return None
        if self._loop is not asyncio.get_running_loop():
            self._idle.clear()  # their loop is gone, and they went with it
            return None
        oldest = monotonic() - IDLE_AGE
        while idle:
            connection = idle.pop()
            if connection.idle_since < oldest:
                idle.append(connection)
                _drop(idle)  # all the others are older still
                return None
            if connection.alive(method):
                return connection
            connection.abort()
        return None

    def put(self, lane: Lane, connection: Connection) -> None:
        """Keep a connection whose exchange ended cleanly."""
        idle = self._idle.get(lane)
        if idle is None:
            idle = self._idle[lane] = deque()
        if connection.closed or len(idle) >= MOST_IDLE:
            connection.abort()
            return
        self._loop = asyncio.get_running_loop()
        connection.used = True
        connection.idle_since = monotonic()
        idle.append(connection)

    async def aclose(self) -> None:
        """Close all that is idle and let the loop see it closed."""
        for idle in self._idle.values():
            _drop(idle)
        self._idle.clear()
        for _ in range(3):  # an aborted transport closes its socket within the next turns of the loop
            await asyncio.sleep(0)


def _drop(idle: deque[Connection]) -> None:
    while idle:
        idle.pop().abort()
