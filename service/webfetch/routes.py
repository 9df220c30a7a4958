"""The page fetcher's routes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, StrictBool, StrictStr

from ..errors import FetchError, FieldRejected
from ..http.body import described, read_json, read_model
from ..http.disconnect import while_connected
from ..http.problem import json_response
from .content import decode, text_of

if TYPE_CHECKING:
    from .fetcher import Fetcher, Page

MAX_URLS = 10
_TEXT_CHARS = 12_000
_HTML_CHARS = 20_000
_NO_STORE = {"cache-control": "no-store"}


class FetchRequest(BaseModel):
    """The body of `POST /fetch`."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    url: StrictStr
    include_html: StrictBool = False


def fetch_routes(fetcher: Fetcher, *, max_body_bytes: int) -> APIRouter:
    """Make `POST /fetch` and `POST /extract`.

    A page that cannot be had is an error of `/fetch`. In `/extract`, which takes several, it is an item that says so.
    """
    router = APIRouter()

    @router.post("/fetch", openapi_extra=described(FetchRequest))
    async def fetch(request: Request) -> Response:
        body = await read_model(request, FetchRequest, max_body_bytes)
        item = await while_connected(request, _item(fetcher, body.url, include_html=body.include_html))
        return json_response({"item": item}, headers=_NO_STORE)

    @router.post("/extract")
    async def extract(request: Request) -> Response:
        body = await read_json(request, max_body_bytes)
        if not isinstance(body, list) or not all(isinstance(url, str) for url in body):
            raise FieldRejected("the body must be a list of URLs")
        if len(body) > MAX_URLS:
            raise FieldRejected(f"at most {MAX_URLS} URLs are extracted at once")
        work = asyncio.gather(*(_item_or_error(fetcher, str(url)) for url in body))
        items = await while_connected(request, _all(work))
        return json_response({"items": items}, headers=_NO_STORE)

    return router


async def _all(work: asyncio.Future[list[dict[str, object]]]) -> list[dict[str, object]]:
    return await work


async def _item(fetcher: Fetcher, url: str, *, include_html: bool) -> dict[str, object]:
    page = await fetcher.fetch(url)
    html, text = await asyncio.to_thread(_read, page)
    item: dict[str, object] = {
        "url": page.url,
        "ok": True,
        "status": page.status,
        "text": text[:_TEXT_CHARS],
        "truncated": page.truncated or len(text) > _TEXT_CHARS,
    }
    if include_html:
        item["html"] = html[:_HTML_CHARS]
    return item


async def _item_or_error(fetcher: Fetcher, url: str) -> dict[str, object]:
    try:
        return await _item(fetcher, url, include_html=False)
    except FetchError as error:
        return {"url": url, "ok": False, "error": error.detail, "code": error.code, "text": ""}


def _read(page: Page) -> tuple[str, str]:
    html = decode(page.body, page.content_type)
    return html, text_of(html, page.content_type)
