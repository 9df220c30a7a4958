"""The start of a JSON document, as far as it goes: evidence keeps the first part of a body only."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Final

_CLOSING: Final = {"{": "}", "[": "]"}
_MOST_TRIES: Final = 64
_DEEPEST: Final = 64
_LONGEST: Final = 20_000  # characters; evidence keeps a few hundred


@lru_cache(maxsize=256)
def read_start(text: str) -> object:
    """The document, or what its start holds of it; None where that is no JSON.

    >>> read_start('{"llm": {"path": "down", "model": "m"}, "rag": {"ok": tr')
    {'llm': {'path': 'down', 'model': 'm'}, 'rag': {}}
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass
    ends = _ends(text[:_LONGEST])
    for end, open_ in reversed(ends[-_MOST_TRIES:]):
        closed = text[:end] + "".join(_CLOSING[bracket] for bracket in reversed(open_))
        try:
            return json.loads(closed)
        except (ValueError, RecursionError):
            continue
    return None


def _ends(text: str) -> list[tuple[int, str]]:
    """Places at which the text could be cut, each with the brackets that are open there."""
    ends: list[tuple[int, str]] = []
    open_ = ""
    quoted = escaped = False
    for index, letter in enumerate(text):
        if quoted:
            quoted = escaped or letter != '"'
            escaped = letter == "\\" and not escaped
        elif letter == '"':
            quoted = True
        elif letter in "{[":
            if len(open_) == _DEEPEST:
                break
            open_ += letter
            ends.append((index + 1, open_))
        elif letter in "}]":
            open_ = open_[:-1]
            ends.append((index + 1, open_))
        elif letter == ",":
            ends.append((index, open_))
    return ends
