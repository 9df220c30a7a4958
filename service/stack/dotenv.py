"""A `.env` file as Compose reads it: names and values, quotes, comments, `${NAME:-default}`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from .outcome import Exit, StackError

_LINE = re.compile(r"\s*(?:export\s+)?(?P<name>[A-Za-z_][A-Za-z0-9_.]*)\s*=[ \t]*(?P<value>.*)", re.DOTALL)
_QUOTED = re.compile(r"""(?:'(?P<single>[^']*)'|"(?P<double>(?:[^"\\]|\\.)*)")\s*(?:#.*)?""", re.DOTALL)
_REFERENCE = re.compile(r"\\?\$(?:\$|\{(?P<braced>\w+)(?::?-(?P<default>[^}]*))?\}|(?P<plain>[A-Za-z_]\w*))")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def read_dotenv(path: Path, above: Mapping[str, str]) -> dict[str, str]:
    """Give the names and values of a file; a reference is looked for in `above`, then in the lines before it.

    Raises:
        StackError: the file cannot be read, or a line is no assignment. The line's text is not told: it may be secret.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise StackError(f"{path} cannot be read: {reason}", Exit.USAGE) from None
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            raise StackError(f"{path}, line {number}: not of the form NAME=value", Exit.USAGE)
        try:
            found[match["name"]] = _value(match["value"].strip(), {**found, **above})
        except ValueError as error:
            raise StackError(f"{path}, line {number}: {error}", Exit.USAGE) from None
    return found


def _value(raw: str, known: Mapping[str, str]) -> str:
    if not raw.startswith(("'", '"')):
        return _resolved(re.split(r"(?:^|\s+)#", raw, maxsplit=1)[0].strip(), known)
    quoted = _QUOTED.fullmatch(raw)
    if quoted is None:
        raise ValueError("a quote is not closed, or something follows it")
    if quoted["single"] is not None:
        return quoted["single"]
    return _resolved(re.sub(r"\\([^$])", lambda m: _ESCAPES.get(m[1], m[1]), quoted["double"]), known)


def _resolved(text: str, known: Mapping[str, str]) -> str:
    def one(match: re.Match[str]) -> str:
        if match[0].startswith("\\"):
            return match[0][1:]
        if match[0] == "$$":
            return "$"
        value = known.get(match["braced"] or match["plain"], "")
        return value or (match["default"] or "")

    return _REFERENCE.sub(one, text)
