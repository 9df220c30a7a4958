"""Whether the request of a log line asks for a path: the one rule, in words and as a pattern that loses no hit.

The path is that of the request's target without its query, percent-decoded once, and compared with regard to case.
It has to be the wanted path or to lie below it. Dot segments and double slashes stay as they are.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final
from urllib.parse import unquote_to_bytes

from opscheck.errors import OptionError

_SCHEME: Final = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_PROTOCOL: Final = re.compile(rb" HTTP/[0-9.]+$")
_ESCAPE: Final = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_NAMED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"v": b"\v"}
_CUT_ESCAPE: Final = re.compile(rb"%[0-9A-Fa-f]?$")
_COMPARED: Final = 48  # bytes of a path that the pattern looks at
_LONGEST: Final = 200  # characters of a path or a user agent that are kept


class Asks(Enum):
    """What is known of a request that is no hit."""

    NO = "it asks for something else"
    UNCLEAR = "it is cut off before that can be told"


class Wanted:
    """The path whose requests are counted.

    Raises:
        OptionError: it is no path.
    """

    def __init__(self, path: str) -> None:
        if not path.startswith("/") or "?" in path or "#" in path:
            raise OptionError(f"{path!r} is no path: it begins with / and has no query")
        self.path = path
        self._base = unquote_to_bytes(path.encode("utf-8", "surrogateescape")).rstrip(b"/")
        self._below = self._base + b"/"

    def asked(self, request: bytes, *, whole: bool) -> bytes | Asks:
        """The decoded path where it is a hit.

        Args:
            request: `GET /a HTTP/1.1`, or a target alone, without the escapes of the log.
            whole: the log has all of it.
        """
        target, whole = _target(request, whole=whole)
        return self._path(target, whole=whole)

    def _path(self, target: bytes, *, whole: bool) -> bytes | Asks:
        if not target.startswith(b"/"):
            authority = _SCHEME.match(target)
            if authority is None:
                return Asks.NO if whole or target.startswith(b"*") else Asks.UNCLEAR
            whole = whole or authority.end() < len(target)
            target = target[authority.end() :] or (b"/" if whole else b"")
        raw = re.split(rb"[?#]", target, maxsplit=1)
        whole = whole or len(raw) > 1
        path = unquote_to_bytes(raw[0] if whole else _CUT_ESCAPE.sub(b"", raw[0]))
        if path.startswith(self._below):
            return path
        if path == self._base and whole:
            return path or b"/"
        if whole or not self._below.startswith(path):
            return Asks.NO
        return Asks.UNCLEAR

    def surely_not(self) -> bytes:
        """A pattern that matches the beginning of targets that are no hits, whatever follows.

        It knows only targets that begin with a plain `/`, and gives up at whatever could stand for another sign.
        """
        if not self._base:
            return rb"(?!)"
        nested = rb"(?![A-Za-z0-9._~-])" if len(self._base) <= _COMPARED else b""
        for place in reversed(range(1, min(len(self._base), _COMPARED))):
            nested = rb"(?:[%\\\n]|" + re.escape(self._base[place : place + 1]) + nested + rb")"
        return rb"/(?!" + nested + rb")"


def _target(request: bytes, *, whole: bool) -> tuple[bytes, bool]:
    """The target of a request line, and whether that is all of it."""
    target = request
    if not request.startswith(b"/") and not _SCHEME.match(request):
        target = request.partition(b" ")[2].lstrip(b" ")
        if not whole and b" " in target and not _PROTOCOL.search(target):
            return target.partition(b" ")[0], True
    without = _PROTOCOL.sub(b"", target)
    return without, whole or without != target


def unescaped(text: bytes) -> bytes:
    r"""What a log's escapes stand for: nginx writes `\x22`, others also `\"` and `\\`.

    >>> unescaped(rb"GET /\xD0\"\\")
    b'GET /\xd0"\\'
    """
    return _ESCAPE.sub(_sign, text) if b"\\" in text else text


def _sign(match: re.Match[bytes]) -> bytes:
    digits, char = match.groups()
    return bytes.fromhex(digits.decode("ascii")) if digits else _NAMED.get(char, char)


def shown(text: bytes) -> str:
    """Foreign bytes as printable text to be told apart by; what is too long ends in an ellipsis."""
    whole = printable(text[: _LONGEST * 4])
    return whole if len(whole) <= _LONGEST else whole[: _LONGEST - 1] + "…"


def printable(text: bytes | str) -> str:
    r"""The same as text without anything that a terminal or a file could stumble over.

    >>> printable(b"a\n\xff")
    'a\\n\\xff'
    """
    raw = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
    whole = raw.decode("utf-8", "backslashreplace")
    return (
        whole if whole.isprintable() else "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in whole)
    )
