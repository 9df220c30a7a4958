"""The log of a container as text: its frames taken apart, its lines without what must not be shown."""

from __future__ import annotations

import re
from typing import Final

from opscheck.probes.failure import one_line

_HEAD: Final = 8  # bytes before each frame: the stream, three zeros, the length
_LONGEST: Final = 2000
_TOKEN: Final = re.compile(r"eyJ[A-Za-z0-9+/_=-]{24,}|(?<=--token[ =])\S{8,}|(?<=[Tt]oken[=:])\S{24,}")
_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")


def lines_of(body: bytes, *, framed: bool = False) -> tuple[str, ...]:
    r"""The lines, oldest first, each printable and without anything that looks like a tunnel's token.

    >>> lines_of(b"\x01\0\0\0\0\0\0\x03a\nb\x02\0\0\0\0\0\0\x02c\n", framed=True)
    ('a', 'bc')
    """
    raw = _unframed(body) if framed else body
    text = raw.decode("utf-8", "replace")
    return tuple(masked(_COLOUR.sub("", line)) for line in text.splitlines() if line.strip())


def masked(line: str) -> str:
    """A line, short enough and without a token."""
    return _TOKEN.sub("[secret tunnel token]", one_line(line))[:_LONGEST]


def _unframed(body: bytes) -> bytes:
    """The payloads one after the other; bytes that are no frames are given as they are."""
    pieces: list[bytes] = []
    place = 0
    while place + _HEAD <= len(body):
        head = body[place : place + _HEAD]
        if head[0] > 2 or head[1:4] != b"\0\0\0":
            return body if not pieces else b"".join(pieces)
        length = int.from_bytes(head[4:], "big")
        pieces.append(body[place + _HEAD : place + _HEAD + length])
        place += _HEAD + length
    return b"".join(pieces)
