"""A page's tags as a browser's parser makes them. Run as a program of its own: HTML in, JSON out.

A parser in C that reads whatever a host sends runs apart from the run, where it can neither end nor stall it: pages
can be written that take it hours. So nothing of opscheck is imported here.
"""

from __future__ import annotations

import codecs
import json
import sys
from collections.abc import Iterator
from typing import Any

from selectolax.lexbor import LexborDocumentOptions, LexborHTMLParser, LexborNode

MOST = 5000  # tags that are told of
_WANTED = "script[src],link[href],base[href]"
_ATTRIBUTES = ("src", "href", "rel", "as", "type", "language", "integrity", "crossorigin")
_BOMS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_HTML_AGAIN = {  # what of SVG and MathML has HTML inside
    "svg": frozenset({"foreignobject", "desc", "title"}),
    "math": frozenset({"annotation-xml", "mi", "mo", "mn", "ms", "mtext"}),
}
_NEAR = 4096  # bytes of source in which a tag has its attributes
_TRIES = 20  # for instance tags in comments, which are not those that are looked for


def tags(html: bytes, charset: str) -> dict[str, Any]:
    """The tags that may make a browser load something, in the order of the document, and how many more there are."""
    parser = LexborHTMLParser(
        _text(html, charset), encoding=True, scripting=True, options=LexborDocumentOptions.WO_EVENTS
    )
    found = parser.css(_WANTED)
    rows = list(_rows(found[:MOST], Lines(parser.raw_html or b"")))
    return {"tags": rows, "more": max(0, len(found) - MOST)}


def _text(html: bytes, charset: str) -> bytes | str:
    """What the header says goes before what the page says of itself, but behind a byte order mark."""
    if not charset or html.startswith(_BOMS):
        return html
    try:
        return html.decode(charset, "replace")
    except (LookupError, ValueError):
        return html


def _rows(found: list[LexborNode], lines: Lines) -> Iterator[dict[str, Any]]:
    for node in found:
        name = node.tag or ""
        if _is_foreign(node):
            continue
        attributes = {name: value or "" for name, value in node.attributes.items() if name in _ATTRIBUTES}
        flags = [name for name in ("disabled", "nomodule") if name in node.attributes]
        address = attributes.get("src" if name == "script" else "href", "")
        yield {"tag": name, **attributes, "flags": flags, "line": lines.of(name, address)}


def _is_foreign(node: LexborNode) -> bool:
    """An element of SVG or MathML, whatever its name: it loads nothing that integrity could check."""
    passed: set[str] = set()
    above = node.parent
    while above is not None:
        name = (above.tag or "").lower()
        if name in _HTML_AGAIN:
            return not passed & _HTML_AGAIN[name]
        passed.add(name)
        above = above.parent
    return False


class Lines:
    """Where tags stand, found by looking for their addresses; the parser itself does not tell."""

    def __init__(self, source: bytes) -> None:
        self._source = source
        self._lower = source.lower()
        self._at = 0
        self._counted = 0
        self._line = 1

    def of(self, tag: str, address: str) -> int:
        """The line of the next tag with this address."""
        first = at = self._lower.find(f"<{tag}".encode(), self._at)
        written = address.encode("utf-8", "replace")
        for _ in range(_TRIES):
            if at < 0 or written in self._source[at : at + _NEAR]:
                break
            at = self._lower.find(f"<{tag}".encode(), at + 1)
        at = first if at < 0 else at
        if at >= 0:
            self._line += self._source.count(b"\n", self._counted, at)
            self._counted, self._at = at, at + 1
        return self._line


if __name__ == "__main__":
    json.dump(tags(sys.stdin.buffer.read(), sys.argv[1]), sys.stdout)
