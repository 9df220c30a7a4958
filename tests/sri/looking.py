"""Takes a page with the real probe, as the engine does."""

from __future__ import annotations

import asyncio
from functools import partial

from opscheck.model import HttpExchange, Request, Unmeasured
from opscheck.model.page import Page
from opscheck.probes import Caps, HttpClient
from opscheck.probes.assets import Allowance
from opscheck.probes.page import MOST_HTML
from opscheck.probes.page import page as take_page


async def take(client: HttpClient, request: Request, allowance: Allowance | None = None) -> Page | Unmeasured:
    """The page and what it names."""
    document = await client.http(request, follow_redirects=True, caps=Caps(body=MOST_HTML))
    return await take_page(document, partial(_fetch, client), allowance)


async def _fetch(
    client: HttpClient, request: Request, *, accept_encoding: str, body_cap: int
) -> HttpExchange | Unmeasured:
    return await client.http(request, accept_encoding=accept_encoding, caps=Caps(body=body_cap))


def look_at(request: Request | str, allowance: Allowance | None = None) -> Page | Unmeasured:
    """The same, from outside any loop."""

    async def scene() -> Page | Unmeasured:
        client = HttpClient()
        try:
            asked = Request("GET", request) if isinstance(request, str) else request
            return await take(client, asked, allowance)
        finally:
            await client.aclose()

    return asyncio.run(scene())


def page_at(request: Request | str, allowance: Allowance | None = None) -> Page:
    """The page, where there must be one."""
    seen = look_at(request, allowance)
    assert isinstance(seen, Page), seen
    return seen
