"""Origins as browsers serialise them, and other origins that careless comparisons take for one of them."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Final

NULL: Final = "null"  # what sandboxed frames, data: and file: pages send
_FORM: Final = re.compile(r"([a-z][a-z0-9+.-]*)://(\[[0-9a-f:]+\]|[a-z0-9._-]+)(?::([0-9]{1,5}))?")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")  # a last label that makes a host an IPv4 address, or none at all
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
_ELSEWHERE: Final = "evil.example"
_GLUED: Final = "evil"
_LONGEST_LABEL: Final = 63
_LONGEST_HOST: Final = 253


_MISTAKES: Final = tuple(
    (re.compile(pattern), why)
    for pattern, why in (
        (r"^(?!.*://)", "an origin begins with its scheme, such as https://"),
        (r"\*", "an origin holds no wildcard"),
        (r"://[^/?#]*[/?#]", "an origin has no path, not even a slash"),
        (r"[^\x00-\x7f]", "browsers send the host in its ASCII form, xn--"),
        (r"[A-Z]", "browsers send scheme and host in lower case"),
        (r"^https?://.*:(?:80|443)$", "browsers leave out the port that is the scheme's own"),
    )
)


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port; `port` is None for the scheme's own.

    >>> str(Origin("https", "app.example.org", 8443))
    'https://app.example.org:8443'
    """

    scheme: str
    host: str
    port: int | None = None

    def __str__(self) -> str:
        return f"{self.scheme}://{self.host}" + (f":{self.port}" if self.port is not None else "")

    @property
    def is_address(self) -> bool:
        """The host is an IP address."""
        last = self.host.removesuffix(".").rpartition(".")[2]
        return self.host.startswith("[") or _NUMBER.fullmatch(last) is not None


@dataclass(frozen=True, slots=True)
class LookAlike:
    """An origin that is not the one it looks like.

    Attributes:
        family: the mistake that lets it in, such as `suffix`.
        origin: what a page there would send.
    """

    family: str
    origin: str


FAMILIES: Final = {
    "suffix": "the allowed origin is only looked for at the start",
    "prefix": "the allowed host is only looked for at the end",
    "subdomain": "every host below the allowed one is let in",
    "scheme": "the scheme is not compared",
    "port": "the port is not compared",
    "case": "upper and lower case are taken for the same",
    "dot": "a dot of the pattern stands for any character",
    "trailing-dot": "a dot behind the host is not compared",
}


def read_origin(text: str) -> Origin | None:
    """The origin of this text; None where no browser would ever send the text as an origin.

    >>> read_origin("https://app.example.org"), read_origin("https://app.example.org/")
    (Origin(scheme='https', host='app.example.org', port=None), None)
    """
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    scheme, host, port = form[1], form[2], None if form[3] is None else int(form[3])
    known = Origin(scheme, host, port)
    if port is not None and (form[3] != str(port) or port > 65535 or _DEFAULT_PORTS.get(scheme) == port):
        return None
    return known if _is_host(known) else None


def why_no_origin(text: str) -> str:
    """What is wrong with a text that should be an origin; empty where nothing is.

    >>> why_no_origin("https://app.example.org/")
    'an origin has no path, not even a slash'
    """
    if text == NULL or read_origin(text) is not None:
        return ""
    return next((why for wrong, why in _MISTAKES if wrong.search(text)), "it is not what browsers send as an origin")


def look_alikes(origin: Origin) -> tuple[LookAlike, ...]:
    """Other origins that a careless comparison takes for this one, each with its mistake.

    Only what a browser could send is among them, but for upper case, which shows how the comparison is made. An
    address has no sub-domains, and no page can choose the host of an application's own scheme.

    >>> [one.origin for one in look_alikes(Origin("http", "[::1]", 3000))]
    ['https://[::1]:3000', 'http://[::1]:30001']
    """
    found = [*_other_hosts(origin), ("scheme", _other_scheme(origin)), ("port", _other_port(origin))]
    shouted = Origin(origin.scheme, origin.host.upper(), origin.port)
    found.append(("case", shouted))
    return tuple(LookAlike(family, str(one)) for family, one in found if one is not None and one != origin)


def _other_hosts(origin: Origin) -> list[tuple[str, Origin | None]]:
    host = origin.host
    if origin.scheme not in ("http", "https") or host.startswith("["):
        return []
    if origin.is_address:
        changed = [("suffix", f"{host}.{_ELSEWHERE}"), ("dot", host.replace(".", "x"))]
    else:
        changed = [
            ("suffix", f"{host}.{_ELSEWHERE}"),
            ("prefix", f"{_GLUED}{host}"),
            ("subdomain", f"{_GLUED}.{host}"),
            ("dot", host.replace(".", "x", 1)),
            ("trailing-dot", host if host.endswith(".") else f"{host}."),
        ]
    others = [(family, Origin(origin.scheme, name, origin.port)) for family, name in changed]
    return [(family, one) for family, one in others if _is_host(one)]


def _other_scheme(origin: Origin) -> Origin | None:
    other = {"https": "http", "http": "https"}.get(origin.scheme, "https")
    port = None if origin.port == _DEFAULT_PORTS[other] else origin.port
    made = Origin(other, origin.host, port)
    return made if _is_host(made) else None


def _other_port(origin: Origin) -> Origin | None:
    """A port that also begins like the allowed one, where there is such a port."""
    if origin.scheme not in ("http", "https"):
        return None
    if origin.port is None:
        port = 8443 if origin.scheme == "https" else 8080
    else:
        port = next((n for n in (origin.port * 10 + 1, origin.port + 1) if n <= 65535), origin.port - 1)
        port += port == _DEFAULT_PORTS[origin.scheme]
    return Origin(origin.scheme, origin.host, port)


def _is_host(origin: Origin) -> bool:
    host = origin.host
    if host.startswith("["):
        return _is_ipv6(host[1:-1])
    if origin.is_address:
        try:
            return str(ipaddress.IPv4Address(host)) == host
        except ValueError:
            return False
    labels = host.removesuffix(".").split(".")
    return len(host) <= _LONGEST_HOST and all(0 < len(label) <= _LONGEST_LABEL for label in labels)


def _is_ipv6(text: str) -> bool:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    if address.ipv4_mapped is not None:  # browsers write its last part in hexadecimal, too
        number = int(address.ipv4_mapped)
        return text == f"::ffff:{number >> 16:x}:{number & 0xFFFF:x}"
    return text == str(address)
