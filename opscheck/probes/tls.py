"""The TLS probe: a handshake that refuses nothing, so that what is wrong with a certificate can be told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from opscheck.model import Certificate, Kind, TlsSession, Unmeasured
from opscheck.probes.der import certificate
from opscheck.probes.failure import Failure, Untrusted, address, unforeseen
from opscheck.probes.limits import Caps
from opscheck.probes.names import Names, Resolve, system_resolve
from opscheck.probes.opener import secure
from opscheck.probes.tcp import reach
from opscheck.probes.trace import Trace
from opscheck.probes.trust import Contexts, unverifying_context

_MOST_CERTIFICATES = 10


async def tls(
    host: str,
    port: int,
    *,
    server_name: str | None = None,
    caps: Caps,
    ca: Path | None = None,
    alpn: Sequence[str] = ("h2", "http/1.1"),
    resolve: Resolve = system_resolve,
    contexts: Contexts | None = None,
) -> TlsSession | Unmeasured:
    """What the peer negotiates and presents, and whether that would be trusted under this name.

    Contexts that several probes share spare each of them the reading of the system's authorities.
    A certificate that is refused costs a second handshake, which reads what the first one refused.
    """
    contexts = contexts or Contexts()
    where = address(host, port)
    trace = Trace(where)
    probe = _Probe(host, port, server_name or host, caps=caps, trace=trace, names=Names(resolve))
    try:
        async with asyncio.timeout(caps.timeout):
            try:
                seen, trust = await probe.shake_hands(contexts.get(ca, alpn)), ""
            except Untrusted as refused:
                seen, trust = await probe.shake_hands(unverifying_context(alpn)), refused.words
        return probe.session(where, seen, trust)
    except TimeoutError:
        failure = trace.timed_out(caps.timeout)
    except Failure as told:
        failure = told
    except Exception as error:  # noqa: BLE001 - a probe never raises into a run
        failure = unforeseen(error)
    return Unmeasured(failure.kind, failure.detail, where, trace.at, trace.phases())


class _Probe:
    """One peer, asked once or twice."""

    def __init__(self, host: str, port: int, server_name: str, *, caps: Caps, trace: Trace, names: Names) -> None:
        self._host, self._port, self._server_name = host, port, server_name
        self._caps, self._trace, self._names = caps, trace, names

    async def shake_hands(self, context: ssl.SSLContext) -> ssl.SSLObject:
        dns = self._trace.dns
        opened = await reach(self._host, self._port, caps=self._caps, trace=self._trace, names=self._names)
        self._trace.dns = self._trace.dns or dns  # the second handshake needs no lookup
        protocol = _Silent()
        await secure(
            opened,
            protocol,
            self._trace,
            timeout=self._caps.connect_timeout,
            context=context,
            server_name=self._server_name,
        )
        return protocol.close()

    def session(self, where: str, seen: ssl.SSLObject, trust: str) -> TlsSession:
        cipher = seen.cipher()
        return TlsSession(
            address=where,
            server_name=self._server_name,
            version=seen.version() or "",
            cipher=cipher[0] if cipher else "",
            alpn=seen.selected_alpn_protocol() or "",
            chain=_chain(seen),
            trust=trust,
            phases=self._trace.phases(),
            at=self._trace.at,
        )


class _Silent(asyncio.Protocol):
    """Says nothing and hears nothing once the handshake is done."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def close(self) -> ssl.SSLObject:
        """What the handshake agreed on; the connection is closed."""
        if self._transport is None:
            raise Failure(Kind.RESET, "the connection was reset after the TLS handshake")
        seen = cast("ssl.SSLObject", self._transport.get_extra_info("ssl_object"))
        self._transport.abort()
        return seen


def _chain(seen: ssl.SSLObject) -> tuple[Certificate, ...]:
    """Leaf first. Python tells the whole chain from 3.13 on, and before that the leaf alone."""
    whole = getattr(seen, "get_unverified_chain", None)
    ders = list(whole()) if whole is not None else [seen.getpeercert(binary_form=True)]
    try:
        return tuple(certificate(der) for der in ders[:_MOST_CERTIFICATES] if der)
    except ValueError as error:
        raise Failure(Kind.PROTOCOL, f"the certificate cannot be read: {error}") from None
