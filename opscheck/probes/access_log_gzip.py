"""Gzip as logs are compressed: any number of members behind each other, in constant memory."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final

MAGIC: Final = b"\x1f\x8b"
_FORMAT: Final = 31  # of zlib: gzip with the largest window
_PIECE: Final = 128 * 1024  # compressed bytes that are read at once


class Gunzip:
    """Decompresses what `more` gives, piece by piece.

    Attributes:
        broken: why it ended before its end; empty where it did not.
    """

    def __init__(self, more: Callable[[int], bytes]) -> None:
        self._more = more
        self._member = zlib.decompressobj(_FORMAT)
        self._left = b""
        self._within = False  # a member: the data may not end here
        self.broken = ""

    def read_into(self, room: memoryview) -> int:
        """Write the next bytes; how many, 0 at the end."""
        while not self.broken:
            data, self._left = self._left or self._more(_PIECE), b""
            ended = not data
            if not self._within:
                data = data.lstrip(b"\0")  # padding between members and behind the last one
                if not data and not ended:
                    continue
            if ended and not self._within:
                return 0
            # At the end, too: output may wait for which there was no room.
            plain = self._next(data, len(room))
            if plain:
                room[: len(plain)] = plain
                return len(plain)
            if ended and self._within:
                self.broken = "its gzip data end in the middle"
        return 0

    def _next(self, data: bytes, most: int) -> bytes:
        self._within = True
        try:
            plain = self._member.decompress(data, most)
        except zlib.error:
            self.broken = "its gzip data are damaged"
            return b""
        self._left = self._member.unconsumed_tail
        if self._member.eof:
            self._left = self._member.unused_data
            self._member = zlib.decompressobj(_FORMAT)
            self._within = False
        return plain
