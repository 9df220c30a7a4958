"""What the requests of one run share: open connections, names, TLS contexts; and how one request uses them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from opscheck.model import Request
from opscheck.probes.answer import Answer
from opscheck.probes.connection import Connection
from opscheck.probes.failure import Stale
from opscheck.probes.limits import Caps
from opscheck.probes.names import Names
from opscheck.probes.opener import Opener
from opscheck.probes.outgoing import IDEMPOTENT, Outgoing
from opscheck.probes.pool import Lane, Pool
from opscheck.probes.target import Target
from opscheck.probes.trace import Trace

_MOST_TARGETS: Final = 4096


@dataclass(frozen=True, slots=True)
class Manner:
    """How a request is made, beside what it asks."""

    caps: Caps
    http2: bool
    ca: Path | None
    fresh: bool
    accept: bytes
    encoding: bytes


class Session:
    """Carries requests to their answers."""

    def __init__(self, names: Names, user_agent: bytes) -> None:
        self._opener = Opener(names)
        self._pool = Pool()
        self._user_agent = user_agent
        self._targets: dict[str, Target] = {}

    def target(self, url: str) -> Target:
        """Where a URL leads. Raises Failure where it leads nowhere."""
        found = self._targets.get(url)
        if found is None:
            if len(self._targets) >= _MOST_TARGETS:
                self._targets.clear()
            found = self._targets[url] = Target.parse(url)
        return found

    async def ask(self, request: Request, target: Target, answer: Answer, manner: Manner) -> bool:
        """Carry a request to the end of its answer; whether an open connection was used again.

        Raises:
            Failure: the request could not be sent. What became of the answer stands in the answer.
        """
        outgoing = Outgoing(
            request, target, user_agent=self._user_agent, accept=manner.accept, encoding=manner.encoding
        )
        lane = (target.origin, manner.http2, manner.ca)
        if not manner.fresh:
            connection = self._pool.take(lane, request.method)
            if connection is not None:
                reused = tell_opening(connection, answer.trace)
                await self._carry(connection, lane, outgoing, answer)
                if not (isinstance(answer.failure, Stale) and request.method in IDEMPOTENT):
                    return reused
                answer.again()
                answer.trace.next_request()
        connection = await self._opener.open(target, answer.trace, manner.caps, http2=manner.http2, ca=manner.ca)
        connection.opening = None
        await self._carry(connection, lane, outgoing, answer)
        return False

    async def _carry(self, connection: Connection, lane: Lane, outgoing: Outgoing, answer: Answer) -> None:
        await connection.ask(outgoing, answer)
        if answer.reusable and not connection.closed:
            self._pool.put(lane, connection)

    async def warm(self, target: Target, trace: Trace, manner: Manner) -> str:
        """Open a connection and keep it for the next request; the address of the peer. Raises Failure."""
        connection = await self._opener.open(target, trace, manner.caps, http2=manner.http2, ca=manner.ca)
        self._pool.put((target.origin, manner.http2, manner.ca), connection)
        return connection.peer

    async def aclose(self) -> None:
        """Close every open connection."""
        await self._pool.aclose()


def tell_opening(connection: Connection, trace: Trace) -> bool:
    """The phases of a connection that was opened ahead belong to its first request; False then, else True."""
    opening, connection.opening = connection.opening, None
    trace.peer = connection.peer
    if opening is None:
        return True
    trace.dns, trace.connect, trace.tls = opening.dns, opening.connect, opening.tls
    return False
