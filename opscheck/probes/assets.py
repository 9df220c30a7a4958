"""Assets as a browser asks for them: no credentials, redirects by hand, each body hashed and let go."""

from __future__ import annotations

import asyncio
import hashlib
import importlib.util
import time
from base64 import b64decode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Protocol
from urllib.parse import unquote_to_bytes, urljoin

from opscheck.model import HttpExchange, Kind, Phases, Request, Unmeasured, mask_url
from opscheck.model.page import Delivery, Resource, origin_of

ENCODINGS: Final = ("identity", "gzip", "br")
MOST_RESOURCES: Final = 100
AT_ONCE: Final = 6
INSTALL: Final = "pip install 'opscheck[web]'"
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MOST_HOPS: Final = 10
_ALGORITHMS: Final = ("sha256", "sha384", "sha512")


class Fetch(Protocol):
    """One GET and its whole answer; redirects are answers."""

    async def __call__(self, request: Request, *, accept_encoding: str, body_cap: int) -> HttpExchange | Unmeasured:
        """Ask."""


@dataclass(slots=True)
class Allowance:
    """What may be asked in the name of one page or manifest.

    Attributes:
        resources: distinct addresses.
        body: bytes of one asset.
        whole: bytes of all of them.
        seconds: after which no further one is begun.
        at_once: requests under way.
    """

    resources: int = MOST_RESOURCES
    body: int = 16 * 1024 * 1024
    whole: int = 96 * 1024 * 1024
    seconds: float = 60.0
    at_once: int = AT_ONCE
    _used: int = 0
    _begun: float = field(default_factory=time.monotonic)

    @property
    def spent(self) -> bool:
        """Nothing more is begun."""
        return self._used >= self.whole or time.monotonic() - self._begun > self.seconds

    def use(self, count: int) -> None:
        """Bytes have come."""
        self._used += count


@dataclass(frozen=True, slots=True)
class Wanted:
    """An asset to be asked for.

    Attributes:
        cors: other origins are told the origin of the page.
        encodings: each asked for once.
    """

    url: str
    cors: bool
    encodings: tuple[str, ...]


async def fetch_all(
    fetch: Fetch, wanted: Sequence[Wanted], origin: str, allowance: Allowance
) -> tuple[tuple[Resource, ...], int]:
    """The assets that the allowance covers, in order, and how many it does not."""
    gate = asyncio.Semaphore(max(1, allowance.at_once))

    async def deliver(one: Wanted, encoding: str) -> Delivery | None:
        async with gate:
            return None if allowance.spent else await _delivered(fetch, one, encoding, origin, allowance)

    async def resource(one: Wanted) -> Resource | None:
        if one.url.startswith("data:"):
            return Resource(one.url, one.cors, (_inline(one.url),))
        ways = await asyncio.gather(*(deliver(one, encoding) for encoding in one.encodings))
        known = tuple(way for way in ways if way is not None)
        return Resource(one.url, one.cors, known) if len(known) == len(ways) else None

    asked = await asyncio.gather(*(resource(one) for one in wanted[: allowance.resources]))
    found = tuple(one for one in asked if one is not None)
    return found, len(wanted) - len(found)


def encodings(own: bool) -> tuple[str, ...]:
    """How an asset is asked for: each encoding alone of the host itself, as a browser would of others."""
    if own:
        return ENCODINGS
    return ("gzip, br" if has_brotli() else "gzip",)


def has_brotli() -> bool:
    """The library that decodes br is installed."""
    return importlib.util.find_spec("brotli") is not None


async def _delivered(fetch: Fetch, one: Wanted, encoding: str, origin: str, allowance: Allowance) -> Delivery:
    if encoding == "br" and not has_brotli():
        return Delivery(encoding, _missing("brotli", one.url))
    hops: list[HttpExchange] = []
    url, crossed, tainted = one.url, False, False
    while True:
        crossed = crossed or origin_of(url) != origin
        request = Request("GET", url)
        if one.cors and crossed:
            request = request.with_headers(origin="null" if tainted else origin)
        seen = await fetch(request, accept_encoding=encoding, body_cap=allowance.body)
        if isinstance(seen, Unmeasured):
            return Delivery(encoding, seen, tuple(hops))
        allowance.use(seen.raw_length)
        location = seen.header_values("location")
        if seen.status not in _REDIRECTS or not location:
            digests = {name: await _digest(name, seen.body) for name in _ALGORITHMS}
            return Delivery(encoding, replace(seen, body=b""), tuple(hops), len(seen.body), digests)
        hops.append(replace(seen, body=b""))
        following = _following(url, location[0])
        if not following or len(hops) > _MOST_HOPS:
            why = "redirected too often" if following else "redirected to an address that cannot be asked"
            return Delivery(encoding, Unmeasured(Kind.PROTOCOL, why, mask_url(url), seen.at), tuple(hops))
        tainted = tainted or (origin_of(following) != origin_of(url) and origin_of(url) != origin)
        url = following


async def _digest(name: str, body: bytes) -> bytes:
    """A large body is hashed beside the loop, which goes on meanwhile."""
    if len(body) < 256 * 1024:
        return hashlib.new(name, body, usedforsecurity=False).digest()
    return await asyncio.to_thread(lambda: hashlib.new(name, body, usedforsecurity=False).digest())


def _following(url: str, location: str) -> str:
    try:
        following = urljoin(url, location)
    except ValueError:
        return ""
    return following.partition("#")[0] if origin_of(following) else ""


def _inline(url: str) -> Delivery:
    """What stands in a data: URL itself."""
    at = datetime.now(UTC)
    head, comma, data = url[5:].partition(",")
    request = Request("GET", f"data:{head[:80]}")
    if not comma:
        return Delivery("identity", Unmeasured(Kind.PROTOCOL, "the data: URL has no data", request.url, at))
    body = unquote_to_bytes(data.partition("#")[0])
    if head.rstrip(" ").lower().endswith(";base64"):
        try:
            body = b64decode(b"".join(body.split()) + b"==")
        except ValueError:
            return Delivery("identity", Unmeasured(Kind.PROTOCOL, "its base64 cannot be read", request.url, at))
    answer = HttpExchange(request, 200, "OK", "data", (), b"", 0, Phases(), at)
    digests = {name: hashlib.new(name, body, usedforsecurity=False).digest() for name in _ALGORITHMS}
    return Delivery("identity", answer, (), len(body), digests)


def _missing(tool: str, url: str) -> Unmeasured:
    detail = f"{tool} is not installed; {INSTALL} brings it"
    return Unmeasured(Kind.TOOL_MISSING, detail, mask_url(url), datetime.now(UTC), remedy=INSTALL)


def distinct(wanted: Iterable[Wanted]) -> list[Wanted]:
    """Each once, in order."""
    return list(dict.fromkeys(wanted))
