"""A page as a browser loads it: what it names, how each of these is asked for, and what came."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from opscheck.model.evidence import Evidence, Json
from opscheck.model.exchange import HttpExchange
from opscheck.model.request import Phases, mask_url
from opscheck.model.unmeasured import Unmeasured

Digests: TypeAlias = Mapping[str, bytes]  # by algorithm: sha256, sha384, sha512

_PORTS: Final = {"http": 80, "https": 443}
_MOST_ROWS: Final = 60
_LONGEST: Final = 200


def origin_of(url: str) -> str:
    """The origin of an http or https URL as browsers write it; empty where it has none.

    >>> origin_of("https://CDN.example.org:443/a.js"), origin_of("data:text/css,")
    ('https://cdn.example.org', '')
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return ""
    host = parts.hostname
    if parts.scheme not in _PORTS or not host:
        return ""
    bracketed = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{bracketed}" + ("" if port in (None, _PORTS[parts.scheme]) else f":{port}")


@dataclass(frozen=True, slots=True)
class PageElement:
    """Something in a page, or in its headers, that makes a browser load a script or a stylesheet.

    Attributes:
        tag: `script` or `link`; `Link` for the header of that name.
        address: as the page writes it.
        url: absolute, without fragment; empty where a browser could not read it either.
        destination: what it is loaded as: `script`, `style` or another kind of preload.
        integrity, crossorigin: the attributes as written; None where they are absent.
        rel: the words of a link's relation, in lower case.
        module: loaded as a module, which always asks other origins for leave.
        line: of the page's source; 0 for a header.
    """

    tag: str
    address: str
    url: str
    destination: str
    integrity: str | None = None
    crossorigin: str | None = None
    rel: tuple[str, ...] = ()
    module: bool = False
    line: int = 0

    @property
    def cors(self) -> bool:
        """Other origins are asked whether the page may read the answer."""
        return self.crossorigin is not None or self.module

    @property
    def credentials(self) -> bool:
        """Cookies of the other origin are sent along."""
        return (self.crossorigin or "").lower() == "use-credentials"

    @property
    def preload(self) -> bool:
        """It only fetches ahead."""
        return self.tag != "script" and "stylesheet" not in self.rel

    def __str__(self) -> str:
        where = f"line {self.line}" if self.line else "the headers"
        return f"<{self.tag}> in {where}"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One way in which an asset is served: what was asked, and what came.

    Attributes:
        encoding: the content-encoding that was asked for.
        answer: the last answer, without its body.
        hops: the redirects that led there, without their bodies.
        length: bytes of the body after its content-encoding was removed.
        digests: of these bytes.
    """

    encoding: str
    answer: HttpExchange | Unmeasured
    hops: tuple[HttpExchange, ...] = ()
    length: int = 0
    digests: Digests = field(default_factory=dict)

    @property
    def arrived(self) -> HttpExchange | None:
        """The answer, where it is one with a body to load."""
        whole = isinstance(self.answer, HttpExchange) and 200 <= self.answer.status < 300
        return self.answer if whole and isinstance(self.answer, HttpExchange) else None

    @property
    def told(self) -> str:
        """Why there is nothing to load, in a few words; empty where there is."""
        if isinstance(self.answer, Unmeasured):
            return self.answer.detail
        return "" if self.arrived else f"answered {self.answer.status}"


@dataclass(frozen=True, slots=True)
class Resource:
    """An asset by its URL, in every way in which it was asked for.

    Attributes:
        cors: other origins were told the page's origin.
    """

    url: str
    cors: bool
    deliveries: tuple[Delivery, ...]

    def row(self) -> list[str]:
        """For evidence: where, how, and what came each time."""
        ways = [
            f"{one.encoding}: " + (one.told or f"{one.length} bytes, sha256 {one.digests['sha256'].hex()[:16]}")
            for one in self.deliveries
        ]
        return [mask_url(self.url)[:_LONGEST], "cors" if self.cors else "no-cors", "; ".join(ways)[: 2 * _LONGEST]]


@dataclass(frozen=True, slots=True)
class Page:
    """A page, what it names, and what came when these were asked for.

    Attributes:
        document: the page itself.
        is_html: it is a page at all.
        elements: in the order of the source.
        resources: each URL once; twice where it is named with and without leave being asked.
        left_out: resources that were not asked for, beyond what a run may ask in the name of one page.
        unread: elements beyond those that are looked at.
    """

    document: HttpExchange
    is_html: bool
    elements: tuple[PageElement, ...]
    resources: tuple[Resource, ...]
    left_out: int = 0
    unread: int = 0

    @property
    def url(self) -> str:
        """Where it was in the end."""
        return self.document.request.url

    @property
    def origin(self) -> str:
        """Its origin."""
        return origin_of(self.url)

    @property
    def at(self) -> datetime:
        """When the page itself was taken (UTC)."""
        return self.document.at

    @property
    def phases(self) -> Phases:
        """Those of the page itself."""
        return self.document.phases

    @property
    def attempts(self) -> int:
        """As for the page itself."""
        return self.document.attempts

    def index(self) -> Mapping[tuple[str, bool], Resource]:
        """The resources by URL and by whether leave was asked."""
        return {(one.url, one.cors): one for one in self.resources}

    def evidence(self) -> Evidence:
        """The page's exchange, and the first of its resources as a table."""
        own = self.document.evidence()
        more = f", {self.left_out + self.unread} more not looked at" if self.left_out or self.unread else ""
        counted = f"{len(self.elements)} elements, {len(self.resources)} resources{more}"
        details: Json = {**own.details, "resources": [one.row() for one in self.resources[:_MOST_ROWS]]}
        return Evidence("page", own.where, own.at, f"{own.summary}; {counted}", own.phases, own.attempts, details)


@dataclass(frozen=True, slots=True)
class Assets:
    """Files of a host that were asked for by their addresses, each in several encodings.

    Attributes:
        base: the address that their paths are relative to.
        left_out: how many were not asked for, beyond what a run may ask.
    """

    base: str
    resources: tuple[Resource, ...]
    left_out: int = 0

    @property
    def at(self) -> datetime:
        """When the first of them was taken (UTC)."""
        taken = [way.answer.at for one in self.resources for way in one.deliveries]
        return min(taken, default=datetime.fromtimestamp(0, UTC))

    @property
    def phases(self) -> Phases:
        """None of its own: several requests have no common phases."""
        return Phases()

    @property
    def attempts(self) -> int:
        """Each was asked once."""
        return 1

    def evidence(self) -> Evidence:
        """The first of them as a table."""
        more = f", {self.left_out} more not asked for" if self.left_out else ""
        rows = [one.row() for one in self.resources[:_MOST_ROWS]]
        summary = f"{len(self.resources)} files asked for{more}"
        return Evidence("assets", mask_url(self.base), self.at, summary, Phases(), 1, {"resources": rows})
