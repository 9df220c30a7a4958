"""What the probes below HTTP saw: a TCP connection, a TLS session, a DNS answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from opscheck.model.evidence import Evidence, Json
from opscheck.model.request import Phases


@dataclass(frozen=True, slots=True)
class TcpConnection:
    """A TCP connection was made and closed again."""

    address: str
    peer: str
    phases: Phases
    at: datetime
    attempts: int = 1

    def evidence(self) -> Evidence:
        """The address that answered."""
        return Evidence("tcp", self.address, self.at, f"connected to {self.peer}", self.phases, self.attempts)


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate of a chain, leaf first."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class TlsSession:
    """A TLS handshake, made without refusing a bad certificate, so that what is wrong can be told.

    Attributes:
        trust: empty where the chain and the name verify, else the verifier's words.
        version, cipher, alpn: as negotiated.
    """

    address: str
    server_name: str
    version: str
    cipher: str
    alpn: str
    chain: tuple[Certificate, ...]
    trust: str
    phases: Phases
    at: datetime
    attempts: int = 1

    def days_left(self, now: datetime) -> float:
        """Days until the leaf expires; negative where it has."""
        return (self.chain[0].not_after - now).total_seconds() / 86400 if self.chain else 0.0

    def evidence(self) -> Evidence:
        """Version, trust and expiry."""
        leaf = self.chain[0] if self.chain else None
        details: Json = {
            "server_name": self.server_name,
            "cipher": self.cipher,
            "alpn": self.alpn,
            "trust": self.trust,
        }
        if leaf:
            details |= {
                "subject": leaf.subject,
                "names": list(leaf.names),
                "not_after": leaf.not_after.isoformat(),
            }
        summary = f"{self.version}, {self.trust or 'trusted'}"
        return Evidence("tls", self.address, self.at, summary, self.phases, self.attempts, details)


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """The addresses that the system's resolver gave for a name."""

    name: str
    addresses: tuple[str, ...]
    phases: Phases
    at: datetime
    attempts: int = 1

    def evidence(self) -> Evidence:
        """The addresses."""
        return Evidence("dns", self.name, self.at, ", ".join(self.addresses), self.phases, self.attempts)
