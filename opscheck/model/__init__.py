"""The words that probes, checks and reports share: frozen, slotted, and free of any mechanics.

Times are seconds (float), sizes bytes (int), instants timezone-aware UTC. Nothing here does I/O.
"""

from typing import TypeAlias

from opscheck.model.evidence import Evidence, Json, Observation, Verdict
from opscheck.model.exchange import EventStream, Headers, Hop, HttpExchange, StreamEvent
from opscheck.model.host import Component, Endpoint, Host, Limits
from opscheck.model.network import Certificate, DnsAnswer, TcpConnection, TlsSession
from opscheck.model.request import Phases, Request, mask_url
from opscheck.model.unmeasured import Samples, Unmeasured
from opscheck.model.words import Cost, HostKind, Kind, Outcome

Observed: TypeAlias = HttpExchange | EventStream | TcpConnection | TlsSession | DnsAnswer

__all__ = [
    "Certificate",
    "Component",
    "Cost",
    "DnsAnswer",
    "Endpoint",
    "EventStream",
    "Evidence",
    "Headers",
    "Hop",
    "Host",
    "HostKind",
    "HttpExchange",
    "Json",
    "Kind",
    "Limits",
    "Observation",
    "Observed",
    "Outcome",
    "Phases",
    "Request",
    "Samples",
    "StreamEvent",
    "TcpConnection",
    "TlsSession",
    "Unmeasured",
    "Verdict",
    "mask_url",
]
