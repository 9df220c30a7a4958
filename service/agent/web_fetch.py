"""The tool `web_fetch`: a page's text, through the fetcher that keeps private addresses out of reach."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ..errors import ToolFailed, UpstreamError
from ..strict_json import Json

_SNIPPET_CHARS = 1200
_OK = 200


class Caller(Protocol):
    """What the tool asks of HTTP."""

    async def post_any(self, path: str, body: object) -> tuple[int, Json]:
        """Post a JSON document and give status and answer."""


class WebFetch:
    """Fetches one page. Arguments: `url`, and `include_html` to have the markup as well."""

    name = "web_fetch"

    def __init__(self, fetcher: Caller) -> None:
        self._fetcher = fetcher

    async def run(self, args: Mapping[str, Json]) -> str:
        """Give the page's text in labelled sections."""
        url, include_html = _arguments(args)
        try:
            status, answer = await self._fetcher.post_any("fetch", {"url": url, "include_html": include_html})
        except UpstreamError as error:
            raise ToolFailed(f"the page fetcher cannot be used: {error.detail}") from error
        if status != _OK:
            detail = answer.get("detail") if isinstance(answer, dict) else None
            raise ToolFailed(str(detail) if isinstance(detail, str) else f"the page fetcher answered {status}")
        item = answer.get("item") if isinstance(answer, dict) else None
        if not isinstance(item, dict):
            raise ToolFailed("the page fetcher's answer holds no page")
        return _sections(item, include_html=include_html)


def _arguments(args: Mapping[str, Json]) -> tuple[str, bool]:
    unknown = sorted(set(args) - {"url", "include_html"})
    if unknown:
        raise ToolFailed(f"web_fetch takes url and include_html, not {unknown[0]!r}")
    url, include_html = args.get("url"), args.get("include_html", False)
    if not isinstance(url, str) or not url:
        raise ToolFailed("web_fetch needs a url")
    if not isinstance(include_html, bool):
        raise ToolFailed("include_html must be true or false")
    return url, include_html


def _sections(item: Mapping[str, Json], *, include_html: bool) -> str:
    text, html = item.get("text"), item.get("html")
    parts = [
        f"Fetched URL: {item.get('url')}",
        f"Extracted Text Snippet:\n{_cut(text) if isinstance(text, str) and text else '(no extracted text)'}",
    ]
    if include_html and isinstance(html, str):
        parts.append(f"Raw HTML Snippet:\n{_cut(html)}")
    return "\n".join(parts)


def _cut(text: str) -> str:
    return text if len(text) <= _SNIPPET_CHARS else text[:_SNIPPET_CHARS] + "\u2026"
