"""Fetching one page: every hop is checked, and the connection goes to the address that was checked."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import httpx

from ..errors import AddressBlocked, FetchError, FetchTimeout
from .addresses import is_public
from .content import bounded_body, is_text
from .urls import Target, UrlPolicy

if TYPE_CHECKING:
    from .resolver import Resolver

MAX_REDIRECTS = 5
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OK = range(200, 300)
_HEADERS = {
    "accept": "text/html, text/plain, application/json, application/xml;q=0.9",
    "accept-encoding": "gzip, deflate",
    "user-agent": "reference-webfetch",
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page as it came, cut at the size limit."""

    url: str
    status: int
    content_type: str
    body: bytes
    truncated: bool


class Fetcher:
    """Fetches public pages, each within one time limit from resolving to the last byte."""

    def __init__(
        self,
        policy: UrlPolicy,
        resolver: Resolver,
        *,
        timeout_s: float,
        max_bytes: int,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._policy = policy
        self._resolver = resolver
        self._timeout_s = timeout_s
        self._max_bytes = max_bytes
        # No connection is kept: one made for a name must not serve another name at the same address.
        self._client = httpx.AsyncClient(
            timeout=timeout_s,
            limits=httpx.Limits(max_keepalive_connections=0),
            transport=transport,
            trust_env=False,
            follow_redirects=False,
        )

    async def fetch(self, url: str) -> Page:
        """Fetch a page or raise a `FetchError` that says why not."""
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._follow(url)
        except (TimeoutError, httpx.TimeoutException):
            raise FetchTimeout("the page did not come in time") from None
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError):
            raise FetchError("the page's server could not be reached or spoke no proper HTTP") from None

    async def close(self) -> None:
        """Close what is open."""
        await self._client.aclose()

    async def _follow(self, url: str) -> Page:
        for _ in range(MAX_REDIRECTS + 1):
            answer = await self._hop(self._policy.target(url))
            if isinstance(answer, Page):
                return answer
            url = urljoin(url, answer)
        raise FetchError("the page redirects too often", code="too_many_redirects")

    async def _hop(self, target: Target) -> Page | str:
        addresses = await self._checked(target)
        for last, address in enumerate(addresses, start=1 - len(addresses)):
            try:
                return await self._ask(target, address)
            except httpx.ConnectError:
                if last == 0:
                    raise
        raise FetchError("the host's name has no address", code="dns_failure")

    async def _checked(self, target: Target) -> list[str]:
        addresses = await self._resolver(target.host, target.port)
        # All of them: a name with one public and one private address is a way in.
        if not all(self._policy.allows(target, a) or is_public(a) for a in addresses):
            raise AddressBlocked("the host's address is not public")
        return addresses

    async def _ask(self, target: Target, address: str) -> Page | str:
        url = httpx.URL(target.url).copy_with(scheme=target.scheme, host=address, port=target.port)
        request = self._client.build_request(
            "GET",
            url,
            headers={**_HEADERS, "host": target.authority},
            extensions={"sni_hostname": target.host},
        )
        response = await self._client.send(request, stream=True)
        try:
            location = response.headers.get("location")
            if response.status_code in _REDIRECTS and location:
                return str(location)
            if response.status_code not in _OK:
                raise FetchError(f"the page's server answered {response.status_code}", code="upstream_status")
            content_type = response.headers.get("content-type", "")
            if not is_text(content_type):
                raise FetchError("the page is not text", code="unsupported_content")
            body, truncated = await bounded_body(response, self._max_bytes)
            return Page(target.url, response.status_code, content_type, body, truncated)
        finally:
            await response.aclose()
