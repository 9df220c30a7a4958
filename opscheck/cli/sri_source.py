"""The tags of an HTML source with their places in it, found as a browser's tokenizer finds them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

_NAME: Final = re.compile(rb"[a-zA-Z][^\t\n\f\r />]*")
_BETWEEN: Final = re.compile(rb"[\t\n\f\r /]*")
_ATTRIBUTE: Final = re.compile(
    rb"([^\t\n\f\r />][^\t\n\f\r />=]*)"
    rb"""(?:[\t\n\f\r ]*=[\t\n\f\r ]*(?:"([^"]*)"|'([^']*)'|([^\t\n\f\r >"'][^\t\n\f\r >]*)|(?=>)))?"""
)
_OPEN: Final = re.compile(rb"[\t\n\f\r ]*=")  # behind a bare name: the value's quotation mark is never closed
_REFERENCE: Final = re.compile(r"&#?\w+;")
_COMMENT_END: Final = re.compile(rb"--(!?)>")
_SCRIPT_MARK: Final = re.compile(rb"<!--|-->|<(/?)script(?=[\t\n\f\r />])", re.IGNORECASE)
_RAW: Final = {
    name: re.compile(rb"</" + name + rb"(?=[\t\n\f\r />])", re.IGNORECASE)
    for name in (b"style", b"textarea", b"title", b"xmp", b"iframe", b"noembed", b"noframes", b"noscript")
}
_FOREIGN: Final = (b"svg", b"math")
_HTML_AGAIN: Final = {b"svg": (b"foreignobject", b"desc", b"title"), b"math": (b"annotation-xml",)}
_BREAKS_OUT: Final = frozenset(
    b"b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta"
    b" nobr ol p pre ruby s small span strong strike sub sup table tt u ul var".split()
)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute and its place.

    Attributes:
        start, end: of the whole, quotes included.
        inner: where the value stands between quotes; None where it has none.
        quote: the quotation mark; empty where it has none.
        value: with its character references resolved.
    """

    start: int
    end: int
    inner: tuple[int, int] | None
    quote: bytes
    value: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A start tag; of attributes that are written twice the first counts."""

    name: str
    start: int
    attributes: Mapping[str, Attribute] = field(default_factory=dict)


def tags(source: bytes) -> Iterator[Tag]:
    """The start tags that are tags, in order: nothing in comments, scripts, titles or SVG.

    What stands in `<noscript>` and `<template>` counts: some browser, or some script, makes elements of it.
    """
    yield from _Scan(source, 0, len(source)).tags()


class _Scan:
    def __init__(self, source: bytes, at: int, end: int, *, scripting: bool = True) -> None:
        self._source, self._at, self._end, self._scripting = source, at, end, scripting
        self._within: list[bytes] = []  # elements of SVG and MathML, and of HTML inside these

    def tags(self) -> Iterator[Tag]:
        while (at := self._source.find(b"<", self._at, self._end)) >= 0:
            following = self._source[at + 1 : at + 2]
            if following.isalpha():
                yield from self._start(at)
            elif following == b"/":
                self._close(at)
            elif following in (b"!", b"?"):
                self._at = self._behind_markup(at)
            else:
                self._at = at + 1

    def _start(self, at: int) -> Iterator[Tag]:
        read = self._read(at + 1)
        if read is None:
            self._at = self._end  # it breaks off: no browser makes a tag of it
            return
        name, attributes, self._at, closed = read
        if name in _BREAKS_OUT or (name == b"font" and attributes.keys() & {"color", "face", "size"}):
            self._break_out()
        if self._foreign or name in _FOREIGN:
            if not closed and (name in _FOREIGN or name in _HTML_AGAIN[self._within[-1]]):
                self._within.append(name)
            return
        yield Tag(name.decode("ascii", "replace"), at, attributes)
        yield from self._raw(name)

    def _break_out(self) -> None:
        """A tag that SVG and MathML do not have ends them."""
        while self._foreign:
            self._within.pop()

    @property
    def _foreign(self) -> bool:
        return bool(self._within) and self._within[-1] in _FOREIGN

    def _raw(self, name: bytes) -> Iterator[Tag]:
        """Go behind what is text to the end tag of this name, whatever it looks like."""
        if name == b"plaintext":
            self._at = self._end
        elif name == b"script":
            self._at = self._script_end(self._at)
        elif name in _RAW and (self._scripting or name != b"noscript"):
            begun = self._at
            found = _RAW[name].search(self._source, begun, self._end)
            self._at = found.start() if found else self._end
            if name == b"noscript":
                yield from _Scan(self._source, begun, self._at, scripting=False).tags()

    def _close(self, at: int) -> None:
        if not self._source[at + 2 : at + 3].isalpha():
            self._at = at + 3 if self._source[at + 2 : at + 3] == b">" else self._behind(b">", at + 2)
            return
        read = self._read(at + 2)
        if read is None:
            self._at = self._end
            return
        name, _, self._at, _ = read
        if name in (b"p", b"br"):
            self._break_out()
        if name in self._within:
            while self._within.pop() != name:
                pass

    def _behind_markup(self, at: int) -> int:
        """Behind a comment, a doctype, CDATA or whatever else begins like them."""
        if self._source.startswith(b"<!--", at):
            found = _COMMENT_END.search(self._source, at + 2, self._end)  # <!--> is over at once
            if found and found[1] and found.start() < at + 4:  # <!--!> is not
                found = _COMMENT_END.search(self._source, at + 4, self._end)
            return found.end() if found else self._end
        if self._foreign and self._source.startswith(b"<![CDATA[", at):
            return self._behind(b"]]>", at)
        return self._behind(b">", at)

    def _behind(self, mark: bytes, at: int) -> int:
        found = self._source.find(mark, at, self._end)
        return self._end if found < 0 else found + len(mark)

    def _script_end(self, at: int) -> int:
        """Where the end tag of a script stands: one between `<!-- <script>` and `-->` is text of the script."""
        depth = 0  # 1: behind <!--, 2: behind a script tag in there
        while found := _SCRIPT_MARK.search(self._source, at, self._end):
            mark, at = found[0], found.end()
            if mark == b"<!--":
                depth, at = max(depth, 1), found.start() + 2  # <!--> is over at once
            elif mark == b"-->":
                depth = 0
            elif found[1] and depth < 2:
                return found.start()
            elif depth:
                depth = 1 if found[1] else 2
        return self._end

    def _read(self, at: int) -> tuple[bytes, dict[str, Attribute], int, bool] | None:
        """Name, attributes, the place behind, and whether it closes itself; None where the source ends within."""
        named = _NAME.match(self._source, at, self._end)
        if named is None:
            return None
        attributes: dict[str, Attribute] = {}
        at = named.end()
        while True:
            gap = _BETWEEN.match(self._source, at, self._end)
            at = gap.end() if gap else at
            if at >= self._end:
                return None
            if self._source[at : at + 1] == b">":
                return named[0].lower(), attributes, at + 1, gap is not None and gap[0].endswith(b"/")
            found = _ATTRIBUTE.match(self._source, at, self._end)
            if found is None or (found.lastindex == 1 and _OPEN.match(self._source, found.end(), self._end)):
                return None
            name = found[1].lower().decode("utf-8", "replace")
            attributes.setdefault(name, _attribute(found))
            at = found.end()


def _attribute(found: re.Match[bytes]) -> Attribute:
    group = next((number for number in (2, 3, 4) if found[number] is not None), 0)
    if not group:
        return Attribute(found.start(), found.end(), None, b"", "")
    quote = {2: b'"', 3: b"'", 4: b""}[group]
    text = found[group].decode("utf-8", "surrogateescape")
    value = _REFERENCE.sub(lambda one: html.unescape(one[0]), text)
    return Attribute(found.start(), found.end(), found.span(group) if quote else None, quote, value)
