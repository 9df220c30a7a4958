"""What is asked, and how long each phase of it took."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from opscheck.redact import MASK, Secret

UNREADABLE = "[unreadable URL]"


def mask_url(url: str) -> str:
    """The URL without user, password and query values: fit for any report.

    >>> mask_url("https://ops:pw@ops.example.org/a?key=1")
    'https://ops.example.org/a?key=[secret]'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return UNREADABLE
    query = "&".join(f"{pair.split('=', 1)[0]}={MASK}" if "=" in pair else pair for pair in parts.query.split("&"))
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request to be made. A header's value may be a Secret; only the socket sees it revealed."""

    method: str
    url: str
    headers: tuple[tuple[str, str | Secret], ...] = ()
    body: bytes = b""

    def with_json(self, payload: object) -> Request:
        """The same request with a JSON body."""
        body = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        return self.with_body(body, "application/json")

    def with_body(self, body: bytes, content_type: str) -> Request:
        """The same request with these bytes as its body."""
        return Request(self.method, self.url, (*self.headers, ("content-type", content_type)), body)

    def below(self, *parts: str) -> Request:
        """The same request for what lies below its address; the parts are quoted.

        >>> Request("GET", "http://a.example/things").below("one/two").url
        'http://a.example/things/one%2Ftwo'
        """
        path = "".join(f"/{quote(part, safe='')}" for part in parts)
        return Request(self.method, self.url.rstrip("/") + path, self.headers, self.body)

    def by(self, method: str, **query: str) -> Request:
        """The same request by another method, with these query values.

        >>> Request("GET", "http://a.example/points").by("PUT", wait="true").url
        'http://a.example/points?wait=true'
        """
        asked = f"?{urlencode(query)}" if query else ""
        return Request(method, self.url + asked, self.headers, self.body)

    def with_headers(self, **headers: str) -> Request:
        """The same request with more headers; an underscore in a name stands for a hyphen."""
        more = tuple((name.replace("_", "-"), value) for name, value in headers.items())
        return Request(self.method, self.url, (*self.headers, *more), self.body)


@dataclass(frozen=True, slots=True)
class Phases:
    """Seconds per phase; None where it did not take place (reused connection, no TLS, broken off)."""

    dns: float | None = None
    connect: float | None = None
    tls: float | None = None
    first_byte: float | None = None
    total: float | None = None

    def line(self) -> str:
        """`dns 1 ms, connect 2 ms, first byte 30 ms, total 31 ms`."""
        named = (
            ("dns", self.dns),
            ("connect", self.connect),
            ("tls", self.tls),
            ("first byte", self.first_byte),
            ("total", self.total),
        )
        return ", ".join(f"{name} {value * 1000:.0f} ms" for name, value in named if value is not None)

    def as_dict(self) -> dict[str, float]:
        """Milliseconds by phase, for reports."""
        named = {
            "dns": self.dns,
            "connect": self.connect,
            "tls": self.tls,
            "first_byte": self.first_byte,
            "total": self.total,
        }
        return {name: round(value * 1000, 3) for name, value in named.items() if value is not None}
