"""Patterns that pass over lines by the thousand: readable ones that are surely no hits, and no others.

Whatever a pattern does not match is read with care, so it may know too few lines, but never one too many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from opscheck.probes.access_log_line import LineReader, object_of
from opscheck.probes.access_log_path import Wanted
from opscheck.probes.access_log_time import CLOCK_SHAPE, EPOCH_SHAPE, ISO_SHAPE, LOCAL_SHAPE

_PLAIN: Final = rb'[^"\\\x00-\x1f\x80-\xff]*+'
_VALUE: Final = rb'(?:"' + _PLAIN + rb'"|-?+(?:0|[1-9]\d{0,17}+)(?:\.\d{1,18}+)?+|true|false|null)'
_TIMES: Final = tuple(
    shape for inner in (LOCAL_SHAPE, ISO_SHAPE, EPOCH_SHAPE) for shape in (rb'"' + inner + rb'"', inner)
)
_MEMBER: Final = re.compile(
    rb'(\s*")([^"\\]*)("\s*:\s*)("[^"\\]*"|-?[0-9][0-9.eE+-]*|true|false|null)(\s*)([,}])', re.DOTALL
)
_USUAL: Final = re.compile(rb"[0-9a-f.:]+ - - \[(\d\d/[A-Z][a-z]{2}/\d{4}):\d\d:\d\d:\d\d ([+-]\d{4})\] \"")
_LAYOUTS: Final = 4  # of JSON objects, that are known at the same time
_TRIES: Final = 200  # lines that are looked at for a layout in vain
_CHANGES: Final = 1000  # of what the last line is like, that the patterns go along with


class Shapes:
    """The patterns for the lines that were seen so far.

    A JSON line is known by the layout of those before it. The lines that follow are mostly like the last one, of the
    same day and of the same format, so there are patterns for these alone, which are quicker.

    Attributes:
        several: matches exactly `count` lines like the last one, which saves counting them.
        some: matches any number of lines like the last one.
        others: matches any number of all lines that are known.
    """

    count: Final = 16

    def __init__(self, wanted: Wanted, reader: LineReader) -> None:
        self._no_hit = wanted.surely_not()
        self._reader = reader
        self._request = rb'\] "(?:[A-Z]++ ' + self._no_hit + rb'|-?" ).*+\n'
        self._combined = rb"(?!\{)[^\[\n]*+\[" + LOCAL_SHAPE + self._request
        self._layouts: list[bytes] = []
        self._tries = self._changes = 0
        self._like(self._combined)
        self._know()

    def _like(self, line: bytes) -> None:
        self._last = line
        self.several = re.compile(rb"(?:%b){%d}+" % (line, self.count))
        self.some = re.compile(rb"(?:%b)*+" % line)

    def _know(self) -> None:
        self.others = re.compile(rb"(?:%b)*+" % rb"|".join([self._combined, *self._layouts]))

    def expect(self, line: bytes) -> None:
        """The next lines will be like this one, which is readable."""
        like = self._last
        if line.startswith(b"{"):
            like = next((layout for layout in self._layouts if re.match(layout, line + b"\n")), like)
        elif (begin := _USUAL.match(line)) is not None:
            # Most lines begin with an address and two hyphens, which is found out faster than where a bracket stands.
            day = re.escape(begin[1]) + rb":" + CLOCK_SHAPE + rb" " + re.escape(begin[2])
            like = rb"[0-9a-f.:]++ - - \[" + day + self._request
        if like != self._last and self._changes < _CHANGES:
            self._changes += 1
            self._like(like)

    def learn(self, line: bytes) -> None:
        """Know lines of the layout of this one, which is readable and no hit, from now on."""
        if not line.startswith(b"{") or len(self._layouts) >= _LAYOUTS or self._tries >= _TRIES:
            return
        self._tries += 1
        layout = self._layout(line)
        if layout and layout not in self._layouts:
            self._layouts.append(layout)
            self._know()

    def _layout(self, line: bytes) -> bytes:
        """A pattern for lines with the same fields in the same order; nothing where it could take a hit for none."""
        document = object_of(line)
        if document is None:
            return b""
        timed, asking = self._reader.time_in(document)[0], self._reader.request_in(document)[0]
        members = list(_members(line))
        names = [name.decode("utf-8", "surrogateescape") for _, name, _, _, _ in members]
        doubtful = set(names) & set(self._reader.preferred(asking))
        if doubtful or len(names) != len(set(names)) or not {timed, asking} <= set(names):
            return b""
        parts = [rb"\{"]
        for name, (before, key, between, value, after) in zip(names, members, strict=True):
            shape = _VALUE
            if name == asking:
                method = rb"[A-Z]++ " if not value.startswith(b'"/') else b""
                shape = rb'"(?:' + method + self._no_hit + _PLAIN + rb')?"'
            elif name == timed:
                shape = next((one for one in _TIMES if re.fullmatch(one, value)), b"")
            if not shape:
                return b""
            parts += [re.escape(before + key + between), shape, re.escape(after)]
        return b"".join(parts) + rb"\n"


def _members(line: bytes) -> Iterator[tuple[bytes, bytes, bytes, bytes, bytes]]:
    """The members of a flat object, each as the five pieces that it is written in; none where it is not flat."""
    place, found = 1, []
    while (match := _MEMBER.match(line, place)) is not None:
        before, key, between, value, space, mark = match.groups()
        found.append((before, key, between, value, space + mark))
        place = match.end()
    yield from found if place == len(line) and line.endswith(b"}") else ()
