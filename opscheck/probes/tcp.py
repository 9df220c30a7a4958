"""The TCP probe: a connection is made and closed again."""

from __future__ import annotations

import socket

from opscheck.model import TcpConnection, Unmeasured
from opscheck.probes.dial import dial
from opscheck.probes.failure import Failure, address, unforeseen
from opscheck.probes.limits import Caps
from opscheck.probes.names import Names, Resolve, system_resolve
from opscheck.probes.trace import Trace


async def tcp(host: str, port: int, *, caps: Caps, resolve: Resolve = system_resolve) -> TcpConnection | Unmeasured:
    """Whether somebody listens at this port."""
    where = address(host, port)
    trace = Trace(where)
    try:
        opened = await reach(host, port, caps=caps, trace=trace, names=Names(resolve))
    except Failure as failure:
        return Unmeasured(failure.kind, failure.detail, where, trace.at, trace.phases())
    opened.close()
    return TcpConnection(where, trace.peer, trace.phases(), trace.at)


async def reach(host: str, port: int, *, caps: Caps, trace: Trace, names: Names) -> socket.socket:
    """A connected socket within the shorter of the two times.

    Raises:
        Failure: there is none.
    """
    seconds = min(caps.timeout, caps.connect_timeout)
    try:
        return await dial(host, port, names=names, trace=trace, timeout=seconds)
    except Failure:
        raise
    except Exception as error:  # noqa: BLE001 - a probe never raises into a run
        raise unforeseen(error) from None
