"""What every connection of the pool is, whichever version of HTTP it speaks."""

from __future__ import annotations

import asyncio
import socket
from abc import abstractmethod
from dataclasses import dataclass

from opscheck.probes.answer import Answer
from opscheck.probes.outgoing import IDEMPOTENT, Outgoing


@dataclass(frozen=True, slots=True)
class Opening:
    """How a connection came to be: told by the first request that it carries."""

    dns: float | None
    connect: float | None
    tls: float | None


class Connection(asyncio.Protocol):
    """Carries one request at a time.

    Attributes:
        opening: the phases of its opening, until the first request has told them.
        peer: the address at the other end.
        closed: it cannot be used again.
        used: it has lain idle, so the peer may have closed it meanwhile.
        idle_since: when it was put aside.
    """

    def __init__(self, opened: socket.socket, peer: str) -> None:
        self._socket = opened
        self._transport: asyncio.Transport | None = None
        self._answer: Answer | None = None
        self.opening: Opening | None = None
        self.peer = peer
        self.closed = False
        self.used = False
        self.idle_since = 0.0

    @abstractmethod
    async def ask(self, outgoing: Outgoing, answer: Answer) -> None:
        """Send the request and wait until its answer is done; what became of it stands in the answer."""

    def alive(self, method: str) -> bool:
        """It can still carry a request; looked at closely where a repetition is not harmless."""
        if self.closed or self._transport is None or self._transport.is_closing():
            return False
        return not self.used or method in IDEMPOTENT or _silent(self._socket)

    def abort(self) -> None:
        """Close at once."""
        self.closed = True
        if self._transport is not None:
            self._transport.abort()


def _silent(opened: socket.socket) -> bool:
    """An idle connection has nothing to say: anything waiting there is its end, or the announcement of it."""
    try:
        opened.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
