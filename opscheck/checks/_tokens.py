"""Tokens of HTTP, and lists of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")


def token_list(values: Iterable[str]) -> tuple[str, ...] | None:
    """The tokens of a header's values; None where any of them is no list of tokens. Empty elements do not count.

    >>> token_list(["GET, PUT", ",DELETE"]), token_list(["x y"]), token_list([])
    (('GET', 'PUT', 'DELETE'), None, ())
    """
    found = [part.strip(" \t") for value in values for part in value.split(",")]
    named = tuple(part for part in found if part)
    return named if all(TOKEN.fullmatch(part) for part in named) else None
