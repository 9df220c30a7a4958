"""JSON read strictly by RFC 8259. What the standard library accepts on top of it is refused here."""

from __future__ import annotations

import json
import math
import re
from typing import TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

MAX_DEPTH = 64
# Possessive and with an optional end: an unterminated string is taken whole, never tried again from its middle.
_STRING = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_SURROGATE = re.compile("[\ud800-\udfff]")


class NotStrictJson(ValueError):
    """The bytes are not strict JSON; the text says why, without repeating them."""


def loads(raw: bytes, *, max_depth: int = MAX_DEPTH) -> Json:
    """Read strict JSON.

    Refused: a byte order mark, invalid UTF-8, NaN and infinities (also as an overflowing number), duplicate
    keys, lone surrogates, and nesting deeper than `max_depth`.

    >>> loads(b'{"a": [1]}')
    {'a': [1]}
    """
    if raw.startswith(b"\xef\xbb\xbf"):
        raise NotStrictJson("the body starts with a byte order mark")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotStrictJson(f"the body is not valid UTF-8 at byte {error.start}") from None
    if not text.strip(" \t\r\n"):
        raise NotStrictJson("the body is empty")
    _limit_depth(text, max_depth)
    try:
        value: Json = json.loads(
            text, parse_constant=_no_constant, parse_float=_finite, object_pairs_hook=_no_duplicates
        )
    except NotStrictJson:
        raise
    except json.JSONDecodeError as error:
        raise NotStrictJson(f"the body is not valid JSON at line {error.lineno} column {error.colno}") from None
    except (ValueError, RecursionError):
        raise NotStrictJson("the body holds a number or a nesting beyond what is read") from None
    if "\\u" in text:
        _no_surrogates(value)
    return value


def _limit_depth(text: str, max_depth: int) -> None:
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub('""', text)):
        depth += 1 if bracket.group() in "[{" else -1
        if depth > max_depth:
            raise NotStrictJson(f"the body is nested deeper than {max_depth} levels")


def _no_constant(name: str) -> Json:
    raise NotStrictJson(f"{name} is not a JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotStrictJson("a number is too large")
    return number


def _no_duplicates(pairs: list[tuple[str, Json]]) -> Json:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise NotStrictJson("an object has the same key twice")
    return result


def _no_surrogates(value: Json) -> None:
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise NotStrictJson("a string holds a lone surrogate")
    elif isinstance(value, dict):
        for key, item in value.items():
            _no_surrogates(key)
            _no_surrogates(item)
    elif isinstance(value, list):
        for item in value:
            _no_surrogates(item)
