"""From a target to an open connection: name, TCP, TLS, and the version of HTTP that was agreed on."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path
from time import perf_counter
from typing import Final

from opscheck.probes.connection import Connection, Opening
from opscheck.probes.dial import dial
from opscheck.probes.failure import from_os_error
from opscheck.probes.http1 import Http1Connection
from opscheck.probes.limits import Caps
from opscheck.probes.names import Names
from opscheck.probes.target import Target
from opscheck.probes.trace import Trace
from opscheck.probes.trust import Contexts

_VERSIONS: Final = {False: ("http/1.1",), True: ("h2", "http/1.1")}


class Opener:
    """Opens connections; names and TLS contexts are shared by all of a run."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._contexts = Contexts()

    async def open(self, target: Target, trace: Trace, caps: Caps, *, http2: bool, ca: Path | None) -> Connection:
        """A connection ready for its first request; the phases stand in the trace.

        Raises:
            Failure: it could not be opened.
        """
        context = self._contexts.get(ca, _VERSIONS[http2]) if target.scheme == "https" else None
        opened = await dial(target.host, target.port, names=self._names, trace=trace, timeout=caps.connect_timeout)
        protocol = _Choice(opened, trace.peer, prior_knowledge=http2 and context is None)
        if context is None:
            await attach(opened, protocol, trace.peer)
        else:
            await secure(
                opened,
                protocol,
                trace,
                timeout=caps.connect_timeout,
                context=context,
                server_name=target.host,
            )
        connection = protocol.chosen()
        connection.opening = Opening(trace.dns, trace.connect, trace.tls)
        return connection


async def secure(
    opened: socket.socket,
    protocol: asyncio.Protocol,
    trace: Trace,
    *,
    timeout: float,  # noqa: ASYNC109 - told in the failure
    context: ssl.SSLContext,
    server_name: str,
) -> None:
    """Make the TLS handshake within the time; its phase goes into the trace.

    Raises:
        Failure: there was none, or the certificate was refused.
    """
    trace.stage = "tls"
    begun = perf_counter()
    try:
        async with asyncio.timeout(timeout):
            await attach(opened, protocol, trace.peer, context, server_name)
    except TimeoutError:
        raise trace.timed_out(timeout) from None
    trace.tls = perf_counter() - begun


async def attach(
    opened: socket.socket,
    protocol: asyncio.Protocol,
    peer: str,
    context: ssl.SSLContext | None = None,
    server_name: str | None = None,
) -> None:
    """Give a connected socket to the loop.

    Raises:
        Failure: the connection or the handshake failed meanwhile.
    """
    loop = asyncio.get_running_loop()
    try:
        await loop.create_connection(lambda: protocol, sock=opened, ssl=context, server_hostname=server_name)
    except TimeoutError:
        opened.close()
        raise
    except OSError as error:
        opened.close()
        raise from_os_error(error, peer) from None
    except BaseException:
        opened.close()
        raise


class _Choice(asyncio.Protocol):
    """Becomes the connection of the version that was negotiated, before its first byte is read."""

    def __init__(self, opened: socket.socket, peer: str, *, prior_knowledge: bool) -> None:
        self._socket = opened
        self._peer = peer
        self._http2 = prior_knowledge
        self._connection: Connection | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by asyncio once the handshake is done."""
        secured = transport.get_extra_info("ssl_object")
        http2 = self._http2 or (secured is not None and secured.selected_alpn_protocol() == "h2")
        make = _http2 if http2 else Http1Connection
        connection = make(self._socket, self._peer)
        transport.set_protocol(connection)
        connection.connection_made(transport)
        self._connection = connection

    def chosen(self) -> Connection:
        """The connection."""
        if self._connection is None:
            raise from_os_error(ConnectionResetError(), self._peer)
        return self._connection


def _http2(opened: socket.socket, peer: str) -> Connection:
    from opscheck.probes.http2 import Http2Connection  # noqa: PLC0415 - h2 is slow to import and seldom wanted

    return Http2Connection(opened, peer)
