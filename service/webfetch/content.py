"""A page's bytes: whether they are text, how many are taken, and what they say."""

from __future__ import annotations

import codecs
import re
import zlib
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from ..errors import FetchError

if TYPE_CHECKING:
    import httpx

_TEXT_TYPE = re.compile(r"text/[\w.+-]+|application/(?:[\w.-]+\+)?(?:json|xml)|application/xhtml\+xml")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_CHARSETS = re.compile(
    r"utf-?8|utf-16(-[lb]e)?|ascii|iso8859-\d+|cp125\d|cp932|shift_jis|euc_(jp|kr)|gb2312|gbk|gb18030|big5|koi8-[ru]"
)
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_META_BYTES = 1024
_SILENT = frozenset({"script", "style", "noscript", "template", "svg"})
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "address article aside blockquote br dd div dl dt footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre "
        "section table td th title tr ul",
    )
)
_AUTO_WINDOW = 47  # zlib's number for: gzip or zlib, find out


def is_text(content_type: str) -> bool:
    """Tell whether a page of this type is text. A page without a type is not.

    >>> is_text("text/html; charset=utf-8"), is_text("image/png")
    (True, False)
    """
    return _TEXT_TYPE.fullmatch(content_type.partition(";")[0].strip().lower()) is not None


async def bounded_body(response: httpx.Response, max_bytes: int) -> tuple[bytes, bool]:
    """Read at most `max_bytes`, counted after decompression; tell whether there was more."""
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding not in {"identity", "gzip", "x-gzip", "deflate"}:
        raise FetchError("the page's content encoding is not known", code="unsupported_content")
    inflater = None if encoding == "identity" else zlib.decompressobj(_AUTO_WINDOW)
    body = bytearray()
    async for chunk in response.aiter_raw():
        room = max_bytes - len(body) + 1
        try:
            body += chunk[:room] if inflater is None else inflater.decompress(chunk, room)
        except zlib.error:
            raise FetchError("the page's compressed content is broken") from None
        if len(body) > max_bytes:
            return bytes(body[:max_bytes]), True
    return bytes(body), False


def decode(body: bytes, content_type: str) -> str:
    """Turn bytes into text: by a byte order mark, the declared charset, the one in the page, else UTF-8."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return body.decode(name, "replace")
    declared = _CHARSET.search(content_type) or _CHARSET.search(body[:_META_BYTES].decode("latin-1"))
    return body.decode(_codec(declared.group(1)) if declared else "utf-8", "replace")


def text_of(page: str, content_type: str) -> str:
    """Give the readable text; of HTML that is what stands outside of scripts and styles."""
    if "html" not in content_type.lower():
        return page.strip()
    reader = _Reader()
    reader.feed(page)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def _codec(name: str) -> str:
    # Only charsets of the web: Python's own codecs hold slow and surprising ones besides.
    try:
        known = codecs.lookup(name).name
    except LookupError:
        return "utf-8"
    return known if _CHARSETS.fullmatch(known) else "utf-8"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.parts.append(data)
