"""How far a probe came and how long each phase took."""

from __future__ import annotations

from datetime import UTC, datetime
from time import perf_counter

from opscheck.model import Kind, Phases
from opscheck.probes.failure import Failure


class Trace:
    """The clock of one probe. Phases that were not reached stay None.

    Attributes:
        stage: what is waited for now: `name`, `connect`, `tls`, `answer`, `body`.
        peer: the address spoken to, as far as known.
    """

    __slots__ = ("at", "body_bytes", "connect", "dns", "first_byte", "peer", "sent", "stage", "started", "tls")

    def __init__(self, peer: str = "") -> None:
        self.at = datetime.now(UTC)
        self.started = perf_counter()
        self.dns: float | None = None
        self.connect: float | None = None
        self.tls: float | None = None
        self.first_byte: float | None = None
        self.sent = 0.0
        self.stage = "name"
        self.peer = peer
        self.body_bytes = 0

    def next_request(self) -> None:
        """A further request of the same probe: its own phases, the same start."""
        self.dns = self.connect = self.tls = self.first_byte = None
        self.sent, self.stage, self.body_bytes = 0.0, "name", 0

    def phases(self) -> Phases:
        """The phases until now."""
        return Phases(self.dns, self.connect, self.tls, self.first_byte, perf_counter() - self.started)

    def mark_sent(self) -> None:
        """The request goes out now."""
        self.sent = perf_counter()

    def since_sent(self) -> float:
        """Seconds since the request was sent."""
        return perf_counter() - self.sent

    def timed_out(self, seconds: float) -> Failure:
        """What a deadline of so many seconds found missing."""
        within = f"within {seconds:.1f} s"
        if self.stage == "name":
            return Failure(Kind.DNS, f"the resolver gave no address for {self.peer} {within}")
        if self.stage == "connect":
            return Failure(Kind.TIMEOUT, f"no connection to {self.peer} {within}")
        if self.stage == "tls":
            return Failure(Kind.TIMEOUT, f"no TLS handshake with {self.peer} {within}{self._connected()}")
        if self.first_byte is None:
            return Failure(Kind.TIMEOUT, f"no answer {within}{self._connected()}")
        if self.stage == "answer":
            return Failure(Kind.TIMEOUT, f"{self.peer} began an answer and did not end its headers {within}")
        received = f"{self.body_bytes} bytes of body had arrived"
        return Failure(Kind.TIMEOUT, f"{self.peer} did not end its answer {within}: {received}")

    def _connected(self) -> str:
        if self.connect is None:
            return " (on an open connection)"
        return f" (connected in {self.connect * 1000:.0f} ms)"
