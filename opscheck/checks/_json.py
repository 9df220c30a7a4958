"""JSON as a server sent it, read strictly by RFC 8259: whatever came, the answer is a value or one sentence."""

from __future__ import annotations

import json
import math
from typing import Any, Final

from opscheck.model import Json

_DEEPEST: Final = 64


class NotJson(ValueError):
    """The bytes are not the JSON that was promised; the text says why, without repeating them."""


def read_json(body: bytes) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """The value of a body.

    Refused: a byte order mark, invalid UTF-8, NaN and infinities, duplicate keys, lone surrogates, deep nesting.

    >>> read_json(b'{"a": [1]}')
    {'a': [1]}

    Raises:
        NotJson: the body is not strict JSON.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotJson(f"the body is not valid UTF-8 at byte {error.start}") from None
    if text.startswith("\ufeff"):
        raise NotJson("the body starts with a byte order mark")
    if not text.strip(" \t\r\n"):
        raise NotJson("the body is empty")
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        raise NotJson(f"the body is not JSON from line {error.lineno} column {error.colno} on") from None
    except RecursionError:
        raise NotJson("the body is nested too deeply") from None
    except NotJson:
        raise
    except ValueError:
        raise NotJson("the body holds a number that is too long") from None
    _look_through(value)
    return value


def read_object(body: bytes) -> Json:
    """The JSON object that a body holds.

    Raises:
        NotJson: the body is not strict JSON, or holds something else than an object.
    """
    value = read_json(body)
    if not isinstance(value, dict):
        raise NotJson(f"the body is a JSON {kind_of(value)}, not an object")
    return value


def kind_of(value: object) -> str:
    """What JSON calls it.

    >>> kind_of(True), kind_of([])
    ('boolean', 'array')
    """
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    names: dict[type, str] = {str: "string", list: "array", dict: "object", type(None): "null"}
    return names.get(type(value), "value")


def is_number(value: object) -> bool:
    """A JSON number; a boolean is none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def objects(value: object) -> list[Json]:
    """The objects of a list; nothing where it is no list.

    >>> objects([{"a": 1}, 2]), objects("a")
    ([{'a': 1}], [])
    """
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _refuse(name: str) -> Any:  # noqa: ANN401 - never returns
    raise NotJson(f"the body holds {name}, which JSON does not know")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise NotJson("the body holds a number beyond every range")
    return number


def _unique(pairs: list[tuple[str, Any]]) -> Json:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise NotJson("an object of the body has the same key twice")
    return result


def _look_through(value: object) -> None:
    """Refuse nesting and text that whoever shows the value could stumble over; iterative, whatever the depth."""
    level, depth = [value], 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise NotJson(f"the body is nested deeper than {_DEEPEST} levels")
        below: list[object] = []
        for item in level:
            if isinstance(item, dict):
                below.extend(item)
                below.extend(item.values())
            elif isinstance(item, list):
                below.extend(item)
            elif isinstance(item, str) and not item.isascii() and any("\ud800" <= sign <= "\udfff" for sign in item):
                raise NotJson("a string of the body holds a lone surrogate")
        level = below
