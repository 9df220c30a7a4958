"""A URL as a probe needs it: where to connect, what to ask for, and nothing that must not be shown."""

from __future__ import annotations

import ipaddress
import re
from base64 import b64encode
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

from opscheck.model import Kind, mask_url
from opscheck.probes.failure import Failure, address

PORTS: Final = {"http": 80, "https": 443}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9._-]*[a-z0-9_.])?")
_SAFE: Final = "!$%&'()*+,-./:;=?@_~[]"


@dataclass(frozen=True, slots=True)
class Target:
    """Where a request goes.

    Attributes:
        host: name or address without brackets, for the connection and the certificate.
        authority: host and, unless it is the scheme's own, port, as the Host header has it.
        path: path and query, percent-encoded.
        url: the URL as given, but without user and password.
        authorization: the Basic credentials that the URL carried.
    """

    scheme: str
    host: str
    port: int
    authority: str
    path: bytes
    url: str
    authorization: bytes | None = field(default=None, repr=False)

    @property
    def address(self) -> str:
        """Host and port."""
        return address(self.host, self.port)

    @property
    def origin(self) -> tuple[str, str, int]:
        """What two URLs share that lead to the same server."""
        return self.scheme, self.host, self.port

    @classmethod
    def parse(cls, url: str) -> Target:
        """Read a URL.

        Raises:
            Failure: it is no http or https URL, or it cannot be read.
        """
        if _CONTROL.search(url):
            raise _unusable("it has a control character")
        try:
            parts = urlsplit(url)
            if parts.scheme not in PORTS:
                raise _unusable("it is neither http nor https")
            port = parts.port
            host = _host(parts.hostname or "")
            path = quote(parts.path or "/", safe=_SAFE).encode()
            query = quote(parts.query, safe=_SAFE).encode()
        except ValueError as error:
            raise _unusable(f"it cannot be read ({_plain(error)})") from None
        if port == 0:
            raise _unusable("port 0 cannot be asked")
        named = port is not None and port != PORTS[parts.scheme]
        port = port or PORTS[parts.scheme]
        bracketed = f"[{host}]" if ":" in host else host
        authority = f"{bracketed}:{port}" if named else bracketed
        clean = without_userinfo(url) if "@" in parts.netloc else url
        asked = path + b"?" + query if query else path
        return cls(parts.scheme, host, port, authority, asked, clean, _basic(parts))


def _plain(error: ValueError) -> str:
    """What is wrong, in words that repeat nothing of the URL."""
    if isinstance(error, UnicodeError):
        return "a character has no encoding"
    words = str(error).lower()
    return "invalid port" if words.startswith("port ") else "invalid IPv6 address" if "ipv6" in words else "malformed"


def _unusable(why: str) -> Failure:
    return Failure(Kind.PROTOCOL, f"the URL cannot be used: {why}")


def _host(host: str) -> str:
    host = host.replace("%25", "%") if ":" in host else host
    if ":" in host:
        try:
            ipaddress.IPv6Address(host)
        except ValueError:
            raise ValueError("IPv6") from None
        return host
    if not host.isascii():
        host = host.encode("idna").decode("ascii").lower()
    if not host:
        raise _unusable("it names no host")
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise _unusable("the host's name is not valid")
    return host


def _basic(parts: SplitResult) -> bytes | None:
    if parts.username is None and parts.password is None:
        return None
    pair = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    return b"Basic " + b64encode(pair.encode("utf-8", "replace"))


def shown(url: str) -> str:
    """The URL masked, also where it cannot be read."""
    try:
        return mask_url(url)
    except ValueError:
        return "[unreadable URL]"


def without_userinfo(url: str) -> str:
    """The URL as it is, but for user and password."""
    try:
        parts = urlsplit(url)
        return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    except ValueError:
        return "[unreadable URL]"
