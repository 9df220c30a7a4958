"""What a probe may spend: time, bytes, headers, redirects, events."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caps:
    """The bounds of one probe; none can be switched off.

    Attributes:
        timeout: seconds for the whole probe.
        connect_timeout: seconds for the name and the connection together, and again for the TLS handshake.
        body: bytes of a body, on the wire and decoded, each.
        header_bytes: bytes of the answer's head, interim answers included.
        header_count: headers of an answer.
        redirects: redirects followed where that was asked.
        events: events of a stream.
    """

    timeout: float = 10.0
    connect_timeout: float = 5.0
    body: int = 2 * 1024 * 1024
    header_bytes: int = 64 * 1024
    header_count: int = 200
    redirects: int = 5
    events: int = 10_000
