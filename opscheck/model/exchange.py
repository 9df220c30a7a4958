"""What an HTTP probe saw: a whole exchange, or a server-sent event stream."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from opscheck.model.evidence import EXCERPT, Evidence, Json, excerpt, request_evidence
from opscheck.model.request import Phases, Request, mask_url
from opscheck.redact import header_value

Headers: TypeAlias = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed."""

    url: str
    status: int
    location: str


@dataclass(frozen=True, slots=True)
class HttpExchange:
    """One HTTP request and its whole answer.

    Attributes:
        request: what was asked (of the last hop).
        status, reason, http_version: `200`, `OK`, `1.1` or `2`.
        headers: in the order and number received, names in lower case.
        body: decoded (content-encoding removed), never longer than the probe's cap.
        raw_length: bytes of the body on the wire, before decoding.
        redirects: the hops that led here.
        reused: an open connection was used again, so dns, connect and tls are None.
    """

    request: Request
    status: int
    reason: str
    http_version: str
    headers: Headers
    body: bytes
    raw_length: int
    phases: Phases
    at: datetime
    redirects: tuple[Hop, ...] = ()
    reused: bool = False
    attempts: int = 1

    def header(self, name: str) -> str | None:
        """The value of a header, several joined by `, `; None where it is absent."""
        values = self.header_values(name)
        return ", ".join(values) if values else None

    def header_values(self, name: str) -> tuple[str, ...]:
        """Every occurrence of a header, in order."""
        wanted = name.lower()
        return tuple(value for key, value in self.headers if key == wanted)

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case; empty where there is none."""
        return (self.header("content-type") or "").partition(";")[0].strip().lower()

    def text(self) -> str:
        """The body as UTF-8; what is not UTF-8 shows as U+FFFD."""
        return self.body.decode("utf-8", "replace")

    def evidence(self) -> Evidence:
        """Status line, headers and the start of the body, masked."""
        details: Json = {
            "request": request_evidence(self.request),
            "status": self.status,
            "http_version": self.http_version,
            "headers": [[name, header_value(name, value)[:EXCERPT]] for name, value in self.headers[:50]],
            "raw_length": self.raw_length,
            "decoded_length": len(self.body),
            "excerpt": excerpt(self.body),
        }
        if self.redirects:
            details["redirects"] = [
                {"url": mask_url(hop.url), "status": hop.status, "location": mask_url(hop.location)}
                for hop in self.redirects
            ]
        summary = f"HTTP/{self.http_version} {self.status} {self.reason}".rstrip() + f", {len(self.body)} bytes"
        where = mask_url(self.request.url)
        return Evidence("http", where, self.at, summary, self.phases, self.attempts, details)


@dataclass(frozen=True, slots=True)
class StreamEvent:
    """One server-sent event: its fields, and seconds after the request was sent."""

    data: str
    event: str = "message"
    id: str = ""
    after: float = 0.0


@dataclass(frozen=True, slots=True)
class EventStream:
    """A server-sent event stream, read to its end or to a cap.

    Attributes:
        opening: the exchange up to the headers; for an answer that is no event stream, its body too.
        events: the dispatched events, in order, each with its arrival time.
        arrivals: seconds after the request of each piece of body that arrived.
        ended: `closed` (the server ended the answer), `done` (the wanted last event came) or, where the
            stream broke off, `reset`, `timeout`, `too-large` or `protocol`.
        retry: the last `retry:` in milliseconds.
    """

    opening: HttpExchange
    events: tuple[StreamEvent, ...]
    arrivals: tuple[float, ...]
    ended: str
    retry: int | None = None
    attempts: int = 1

    @property
    def at(self) -> datetime:
        """When it was taken (UTC)."""
        return self.opening.at

    @property
    def phases(self) -> Phases:
        """Seconds by phase; total includes the whole stream."""
        return self.opening.phases

    def evidence(self) -> Evidence:
        """Counts, arrival times and the first and last events."""
        first = self.events[0].after if self.events else None
        summary = f"HTTP/{self.opening.http_version} {self.opening.status}, {len(self.events)} events, {self.ended}"
        shown = self.events if len(self.events) <= 6 else (*self.events[:3], *self.events[-3:])
        details: Json = {
            "request": request_evidence(self.opening.request),
            "status": self.opening.status,
            "events": len(self.events),
            "ended": self.ended,
            "first_event_s": first,
            "arrivals_s": [round(arrival, 4) for arrival in self.arrivals[:20]],
            "shown": [
                {"event": item.event, "data": item.data[:200], "after_s": round(item.after, 4)} for item in shown
            ],
        }
        where = mask_url(self.opening.request.url)
        return Evidence("stream", where, self.at, summary, self.phases, self.attempts, details)
