"""Content-encodings removed piece by piece, never beyond a cap: a bomb costs the cap and no more."""

from __future__ import annotations

import importlib
import zlib
from collections.abc import Callable
from typing import Final, Protocol

from opscheck.model import Kind
from opscheck.probes.failure import Failure

_GZIP: Final = 16 + zlib.MAX_WBITS
_MOST_ENCODINGS: Final = 3
_PIECE: Final = 16


class Decoder(Protocol):
    """Removes one content-encoding."""

    def feed(self, data: bytes, limit: int) -> bytes:
        """The decoded bytes, at most one more than the limit."""

    def end(self) -> None:
        """The body is over. Raises Failure where the encoding is not."""


class Zlib:
    """gzip and deflate, the latter with and without its zlib wrapping."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._start = b""
        self._engine = zlib.decompressobj(_GZIP) if name == "gzip" else None
        self._any = False

    def feed(self, data: bytes, limit: int) -> bytes:
        """The decoded bytes, at most one more than the limit."""
        if self._engine is None:
            self._start += data
            if len(self._start) < 2:
                return b""
            data, self._start = self._start, b""
            self._engine = zlib.decompressobj(_window(data))
        self._any = self._any or bool(data)
        out = bytearray()
        try:
            while data and len(out) <= limit:
                if self._engine.eof:
                    if self._name != "gzip" or not data.startswith(b"\x1f"):
                        break  # what follows the end of the data is padding
                    self._engine = zlib.decompressobj(_GZIP)
                out += self._engine.decompress(data, limit + 1 - len(out))
                data = self._engine.unused_data or self._engine.unconsumed_tail
        except zlib.error:
            raise Failure(Kind.PROTOCOL, f"the body is not valid {self._name}") from None
        return bytes(out)

    def end(self) -> None:
        """The body is over."""
        if self._start or (self._any and self._engine is not None and not self._engine.eof):
            raise Failure(Kind.PROTOCOL, f"the {self._name} body breaks off before its end")


def _window(start: bytes) -> int:
    wrapped = start[0] & 0x0F == 8 and (start[0] << 8 | start[1]) % 31 == 0
    return zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS


class Optional:
    """br and zstd through a library that happens to be installed."""

    def __init__(self, name: str, engine: Callable[[bytes], bytes]) -> None:
        self._name = name
        self._engine = engine

    def feed(self, data: bytes, limit: int) -> bytes:
        """The decoded bytes; the pieces are small because neither library can be told a limit."""
        out = bytearray()
        try:
            for start in range(0, len(data), _PIECE):
                out += self._engine(data[start : start + _PIECE])
                if len(out) > limit:
                    break
        except Exception:  # noqa: BLE001 - each library has an error class of its own
            raise Failure(Kind.PROTOCOL, f"the body is not valid {self._name}") from None
        return bytes(out)

    def end(self) -> None:
        """Neither library tells whether its data are complete."""


def _optional(name: str) -> Decoder:
    module = {"br": "brotli", "zstd": "zstandard"}.get(name)
    try:
        library = importlib.import_module(module) if module else None
    except ImportError:
        library = None
    if library is None:
        raise Failure(Kind.PROTOCOL, f"the body has the content-encoding {name[:40]!r}, which was not asked for")
    if name == "br":
        return Optional(name, library.Decompressor().process)
    return Optional(name, library.ZstdDecompressor().decompressobj().decompress)


def decoders(encoding: str) -> list[Decoder]:
    """The decoders of a content-encoding header, in the order in which they are to be applied.

    Raises:
        Failure: an encoding that nobody asked for and that is not known here.
    """
    names = [name.strip().lower() for name in encoding.split(",")]
    names = [name for name in names if name and name != "identity"]
    if len(names) > _MOST_ENCODINGS:
        raise Failure(Kind.PROTOCOL, f"the body has {len(names)} content-encodings")
    return [_decoder(name) for name in reversed(names)]


def _decoder(name: str) -> Decoder:
    name = {"x-gzip": "gzip"}.get(name, name)
    return Zlib(name) if name in ("gzip", "deflate") else _optional(name)
