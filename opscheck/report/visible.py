"""Any string made fit to be shown: what a terminal or a reader could not see is escaped, what is long is cut."""

from __future__ import annotations

import re
from typing import Final

_CONTROLS: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 without tab and line feed
_INVISIBLE: Final = (
    "\xad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0e\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_SURROGATES: Final = "\ud800-\udfff"
_IN_LINES: Final = re.compile(f"[{_CONTROLS}{_INVISIBLE}{_SURROGATES}]")
_IN_A_LINE: Final = re.compile(f"[\t\n{_CONTROLS}{_INVISIBLE}{_SURROGATES}]")
_SHORT: Final = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _escaped(match: re.Match[str]) -> str:
    character = match.group()
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _spelled(value: object) -> str:
    try:
        return str(value)
    except RecursionError:
        return "(nested too deeply to be shown)"


def cut(text: str, width: int) -> str:
    """The text, at most `width` characters long; an ellipsis stands for what was left out.

    >>> cut("dependencies", 7)
    'depend…'
    """
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def visible(text: object, width: int = 0) -> str:
    r"""One line in which nothing is hidden: controls, bidi overrides and lone surrogates are spelled out.

    With a `width` the line is cut to it.

    >>> visible("red\x1b[31m\nalert")
    'red\\x1b[31m\\nalert'
    """
    plain = _spelled(text)
    if width:
        plain = cut(plain, width)
    if plain.isascii() and plain.isprintable():
        return plain
    line = _IN_A_LINE.sub(_escaped, plain)
    return cut(line, width) if width else line


def visible_lines(text: object, length: int) -> str:
    """The same for a text of several lines, at most `length` characters of it: its line breaks stay."""
    return cut(_IN_LINES.sub(_escaped, cut(_spelled(text).replace("\r\n", "\n"), length)), length)


def counted(number: int, one: str, many: str = "") -> str:
    """`1 check`, `2 checks`, `1,200 checks`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def milliseconds(value: float) -> str:
    """`0.4 ms`, `31 ms`, `2.4 s`: three digits are enough to judge by."""
    if value >= 1000:
        return f"{value / 1000:.1f} s"
    return f"{value:.0f} ms" if value >= 10 else f"{value:.1f} ms"
