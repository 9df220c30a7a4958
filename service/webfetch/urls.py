"""Which URLs may be asked for at all, before any name is resolved."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from ..errors import AddressBlocked, UrlRejected

MAX_URL_CHARS = 2048
_PORTS = {"http": 80, "https": 443}
# Controls, spaces of every kind, and the backslash that browsers read as a slash.
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f-\xa0\\\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\ud800-\udfff]")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*")
_MAX_HOST = 253


@dataclass(frozen=True, slots=True)
class Target:
    """A URL that may be asked for, as far as can be told before its name is resolved."""

    url: str
    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """Give host and port as the Host header has them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


class UrlPolicy:
    """Decides about URLs and addresses.

    `allow` widens it on purpose: `host:port` lets that host be fetched at that port wherever it resolves to, and a
    network such as `10.1.0.0/16` lets its addresses be reached at the allowed ports.
    """

    def __init__(self, allowed_ports: Iterable[int], allow: Iterable[str] = ()) -> None:
        self._ports = frozenset(allowed_ports)
        entries = tuple(allow)
        self._networks = [ip_network(entry) for entry in entries if not _is_host_port(entry)]
        self._hosts = {entry for entry in entries if _is_host_port(entry)}

    def target(self, url: str) -> Target:
        """Read a URL; raise `UrlRejected` or `AddressBlocked` with the reason."""
        parts = _split(url)
        host = _host(parts)
        try:
            port = parts.port
        except ValueError:
            raise UrlRejected("the URL's port is not a port") from None
        port = _PORTS[parts.scheme] if port is None else port
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        target = Target(url, parts.scheme, host, port, path)
        if port not in self._ports and not self._named(target):
            raise UrlRejected(f"port {port} may not be fetched from", code="blocked_port")
        return target

    def allows(self, target: Target, address: str) -> bool:
        """Tell whether the target may be fetched from this address by way of the `allow` list."""
        try:
            found = ip_address(address)
        except ValueError:
            return False
        return self._named(target) or any(found in network for network in self._networks)

    def _named(self, target: Target) -> bool:
        host = f"[{target.host}]" if ":" in target.host else target.host
        return f"{host}:{target.port}" in self._hosts


def _is_host_port(entry: str) -> bool:
    return "/" not in entry and (entry.startswith("[") or entry.count(":") == 1)


def _split(url: str) -> SplitResult:
    if len(url) > MAX_URL_CHARS:
        raise UrlRejected(f"the URL is longer than {MAX_URL_CHARS} characters")
    if _FORBIDDEN.search(url):
        raise UrlRejected("the URL holds whitespace, a control character or a backslash")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise UrlRejected("the URL cannot be read") from None
    if parts.scheme not in _PORTS:
        raise UrlRejected("only http and https URLs are fetched", code="blocked_scheme")
    if "@" in parts.netloc:
        raise UrlRejected("a URL with a user name is not fetched")
    return parts


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if not host or "%" in host:
        raise UrlRejected("the URL has no proper host")
    if ":" in host or parts.netloc.startswith("["):
        try:
            return str(IPv6Address(host))
        except AddressValueError:
            raise UrlRejected("the URL's host is not an IPv6 address") from None
    return _name(host)


def _name(host: str) -> str:
    ascii_host = host
    if not host.isascii():
        try:
            ascii_host = unicodedata.normalize("NFKC", host).encode("idna").decode("ascii").lower()
        except UnicodeError:
            raise UrlRejected("the URL's host is not a name") from None
    labels = ascii_host.removesuffix(".").split(".")
    if _NUMERIC.fullmatch(labels[-1]):
        return _ipv4(host)
    if len(ascii_host) > _MAX_HOST or not all(_LABEL.fullmatch(label) for label in labels):
        raise UrlRejected("the URL's host is not a name")
    return ascii_host.removesuffix(".")


def _ipv4(host: str) -> str:
    try:
        return str(IPv4Address(host))
    except AddressValueError:
        # 127.1, 2130706433, 0x7f.1, 0177.0.0.1, full-width digits: what means what differs from reader to reader.
        raise AddressBlocked("an IPv4 address must be written as four decimal numbers") from None
