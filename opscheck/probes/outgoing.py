"""A request as it goes out: every header checked, completed, and revealed only here."""

from __future__ import annotations

import re
from typing import Final

from opscheck.model import Kind, Request
from opscheck.probes.failure import Failure
from opscheck.probes.target import Target
from opscheck.redact import SENSITIVE_HEADERS, Secret

_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_BROKEN: Final = re.compile(r"[\r\n\0]")
_WITH_BODY: Final = frozenset({"POST", "PUT", "PATCH"})
IDEMPOTENT: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class Outgoing:
    """One request ready to be written. Holds revealed secrets, so it has no repr and is never kept."""

    __slots__ = ("body", "headers", "method", "target")

    def __init__(self, request: Request, target: Target, *, user_agent: bytes, accept: bytes, encoding: bytes) -> None:
        """Check and complete a request.

        Raises:
            Failure: the method or a header cannot be sent.
        """
        method = request.method
        if not _TOKEN.fullmatch(method):
            raise Failure(Kind.PROTOCOL, "the request's method is no valid HTTP method")
        if method == "CONNECT":
            raise Failure(Kind.PROTOCOL, "the method CONNECT is not supported")
        self.method, self.target, self.body = method, target, request.body
        given = [_checked(name, value) for name, value in request.headers]
        names = {name.lower() for name, _ in given}
        headers: list[tuple[bytes, bytes]] = []
        if b"host" not in names:
            headers.append((b"host", target.authority.encode()))
        defaults = ((b"user-agent", user_agent), (b"accept", accept), (b"accept-encoding", encoding))
        headers += [(name, value) for name, value in defaults if value and name not in names]
        if target.authorization is not None and b"authorization" not in names:
            headers.append((b"authorization", target.authorization))
        headers += given
        framed = b"content-length" in names or b"transfer-encoding" in names
        if not framed and (request.body or method in _WITH_BODY):
            headers.append((b"content-length", b"%d" % len(request.body)))
        self.headers = headers

    def http1(self) -> bytes:
        """The bytes of an HTTP/1.1 request."""
        lines = [b"%s %s HTTP/1.1" % (self.method.encode(), self.target.path)]
        lines += [b"%s: %s" % header for header in self.headers]
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body

    def http2(self) -> list[tuple[bytes, bytes]]:
        """The header block of an HTTP/2 request."""
        authority = next((value for name, value in self.headers if name.lower() == b"host"), b"")
        block = [
            (b":method", self.method.encode()),
            (b":scheme", self.target.scheme.encode()),
            (b":authority", authority),
            (b":path", self.target.path),
        ]
        hop = (b"host", b"connection", b"transfer-encoding", b"keep-alive", b"upgrade", b"proxy-connection")
        return block + [(name.lower(), value) for name, value in self.headers if name.lower() not in hop]


def _checked(name: str, value: str | Secret) -> tuple[bytes, bytes]:
    plain = value.reveal() if isinstance(value, Secret) else str(value)
    if not _TOKEN.fullmatch(name):
        raise Failure(Kind.PROTOCOL, "a request header's name has a character that cannot be sent")
    if _BROKEN.search(plain):
        raise Failure(Kind.PROTOCOL, f"the request header {name} has a line break or NUL in its value")
    try:
        return name.encode("ascii"), plain.encode("ascii" if plain.isascii() else "utf-8")
    except UnicodeEncodeError:
        raise Failure(Kind.PROTOCOL, f"the request header {name} has a character without encoding") from None


def for_other_origin(request: Request) -> Request:
    """The request without what was meant for the first origin alone: secrets and credentials."""
    kept = tuple(
        (name, value)
        for name, value in request.headers
        if not isinstance(value, Secret) and name.lower() not in SENSITIVE_HEADERS | {"host"}
    )
    return Request(request.method, request.url, kept, request.body)


def as_get(request: Request) -> Request:
    """What a 303 asks for: the same headers, but for those of the body, and no body."""
    kept = tuple(
        (name, value)
        for name, value in request.headers
        if not name.lower().startswith("content-") and name.lower() != "transfer-encoding"
    )
    return Request("HEAD" if request.method == "HEAD" else "GET", request.url, kept)
