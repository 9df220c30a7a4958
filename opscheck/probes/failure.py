"""Why a probe could not see, in plain words: foreign errors become a Failure here."""

from __future__ import annotations

import errno
import ssl

from opscheck.model import Kind


def one_line(text: str) -> str:
    r"""The text on one line, with nothing in it that a terminal or a file could stumble over.

    >>> one_line("a\n b\x1b")
    'a b?'
    """
    text = " ".join(text.split())
    return text if text.isprintable() else "".join(char if char.isprintable() else "?" for char in text)


class Failure(Exception):
    """Stays inside the probes: becomes an Unmeasured before it reaches a caller."""

    def __init__(self, kind: Kind, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = one_line(detail)


class Stale(Failure):
    """A reused connection had been closed by the peer before it answered a byte."""


class Untrusted(Failure):
    """The peer's certificate was refused, in the verifier's words."""

    def __init__(self, words: str, peer: str) -> None:
        super().__init__(Kind.TLS, f"certificate of {peer} is not trusted: {words}")
        self.words = words


_NO_ROUTE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
_RESET = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED})


def address(host: str, port: int) -> str:
    """Host and port as they are written together.

    >>> address("::1", 80)
    '[::1]:80'
    """
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def from_os_error(error: OSError, peer: str) -> Failure:
    """What the operating system said about a peer."""
    if isinstance(error, ssl.SSLError):
        return from_ssl_error(error, peer)
    number = error.errno
    if number == errno.ECONNREFUSED:
        return Failure(Kind.REFUSED, f"connection refused by {peer}")
    if number in _RESET or isinstance(error, ConnectionError):
        return Failure(Kind.RESET, f"connection reset by {peer}")
    if number in _NO_ROUTE:
        return Failure(Kind.UNREACHABLE, f"no route to {peer}")
    if number == errno.ETIMEDOUT:
        return Failure(Kind.TIMEOUT, f"no connection to {peer}: the system gave up waiting")
    words = error.strerror or type(error).__name__
    return Failure(Kind.UNREACHABLE, f"cannot reach {peer}: {words}")


def from_ssl_error(error: ssl.SSLError, peer: str) -> Failure:
    """What the TLS library said about a peer."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Untrusted((error.verify_message or "certificate verify failed").rstrip("."), peer)
    words = (error.reason or type(error).__name__).replace("_", " ").lower()
    return Failure(Kind.TLS, f"no TLS with {peer}: {words}")


def unforeseen(error: Exception) -> Failure:
    """What no probe should meet: told by its name, for its words may repeat what must not be shown."""
    return Failure(Kind.PROTOCOL, f"the probe failed unexpectedly: {type(error).__name__}")
