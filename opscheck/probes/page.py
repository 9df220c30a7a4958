"""A page and everything that a browser would load of it for scripts and stylesheets."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from opscheck.model import HttpExchange, Kind, Unmeasured, mask_url
from opscheck.model.page import Assets, Page, origin_of
from opscheck.probes.assets import ENCODINGS, INSTALL, Allowance, Fetch, Wanted, distinct, encodings, fetch_all
from opscheck.probes.page_elements import Reader

MOST_HTML: Final = 4 * 1024 * 1024
_PROGRAM: Final = Path(__file__).with_name("page_tags.py")
_PATIENCE: Final = 10.0  # seconds for the parser; an ordinary page takes it a thousandth of that
_HTML: Final = frozenset({"text/html", "application/xhtml+xml"})
_CHARSET: Final = re.compile(r"""charset\s*=\s*["']?([\w.:-]+)""", re.IGNORECASE)
_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")
_HEAD: Final = 1024


async def page(
    document: HttpExchange | Unmeasured, fetch: Fetch, allowance: Allowance | None = None
) -> Page | Unmeasured:
    """Read a page that was asked for, and ask for what it names.

    Args:
        document: the page's own answer, behind its redirects.
        fetch: asks for an asset.
    """
    if isinstance(document, Unmeasured):
        return document
    if document.status != 200 or not _is_html(document):
        return Page(document, False, (), ())
    if importlib.util.find_spec("selectolax") is None:
        return _blind(document, Kind.TOOL_MISSING, f"selectolax is not installed; {INSTALL} brings it", INSTALL)
    charset = _CHARSET.search(document.header("content-type") or "")
    read = await asyncio.to_thread(_tags, document.body, charset[1] if charset else "")
    if isinstance(read, str):
        return _blind(document, Kind.PROTOCOL, read, "look at the page's source: no browser would build it either")
    reader = Reader(document.request.url)
    elements = (*reader.headers(document.header_values("link")), *reader.elements(read["tags"]))
    origin = origin_of(document.request.url)
    wanted = [Wanted(one.url, one.cors, encodings(origin_of(one.url) == origin)) for one in elements if one.url]
    resources, left_out = await fetch_all(fetch, distinct(wanted), origin, allowance or Allowance())
    return Page(document, True, elements, resources, left_out, read["more"])


async def assets(base: str, urls: list[str], fetch: Fetch, allowance: Allowance | None = None) -> Assets:
    """Ask for files by their addresses, each in every encoding.

    Args:
        base: what their paths are relative to.
    """
    wanted = distinct(Wanted(url, False, ENCODINGS) for url in urls)
    resources, left_out = await fetch_all(fetch, wanted, origin_of(base), allowance or Allowance())
    return Assets(base, resources, left_out)


def _is_html(document: HttpExchange) -> bool:
    """It is meant as a page, and is text that could be one."""
    kind, body = document.content_type, document.body
    wide = body.startswith(_BOMS) or "utf-16" in (document.header("content-type") or "").lower()
    if (kind and kind not in _HTML) or (b"\0" in body[:_HEAD] and not wide):
        return False
    return b"<" in body


def _tags(html: bytes, charset: str) -> dict[str, Any] | str:
    """The page's tags; a sentence where they could not be had."""
    command = [sys.executable, "-P", str(_PROGRAM), charset]  # -P: modules beside the program are not for it
    try:
        done = subprocess.run(command, input=html, capture_output=True, timeout=_PATIENCE, check=False)  # noqa: S603 - our own program
        read = json.loads(done.stdout) if done.returncode == 0 else None
    except subprocess.TimeoutExpired:
        return f"the page could not be read within {_PATIENCE:.0f} s: its tags are nested too deeply"
    except (OSError, ValueError):
        read = None
    return read if isinstance(read, dict) else "the page could not be read: the HTML parser broke off"


def _blind(document: HttpExchange, kind: Kind, detail: str, remedy: str) -> Unmeasured:
    where = mask_url(document.request.url)
    return Unmeasured(kind, detail, where, datetime.now(UTC), document.phases, remedy=remedy, request=document.request)
