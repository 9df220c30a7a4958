"""Headers that a page may send to another origin without asking first."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from opscheck.checks._tokens import TOKEN

_MOST: Final = 128  # bytes of one value
_MOST_IN_ALL: Final = 1024
_UNSAFE: Final = re.compile(r"[\x00-\x08\x0a-\x1f\"():<>?@\[\\\]{}\x7f]")
_LANGUAGE: Final = re.compile(r"[0-9A-Za-z *,\-.;=]*")
_RANGE: Final = re.compile(r"bytes=([0-9]+)-([0-9]*)", re.ASCII)
_FORMS: Final = frozenset({"application/x-www-form-urlencoded", "multipart/form-data", "text/plain"})


def preflighted_names(headers: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """The names of the headers that need leave, in lower case, sorted, as `Access-Control-Request-Headers` has them.

    >>> preflighted_names([("Content-Type", "application/json"), ("Accept", "*/*"), ("X-A", "1")])
    ('content-type', 'x-a')
    """
    given = [(name.lower(), value.strip(" \t")) for name, value in headers]
    unsafe = {name for name, value in given if not _is_safe(name, value)}
    safe = [(name, value) for name, value in given if name not in unsafe]
    if sum(len(value.encode()) for _, value in safe) > _MOST_IN_ALL:
        unsafe |= {name for name, _ in safe}
    return tuple(sorted(unsafe))


def _is_safe(name: str, value: str) -> bool:
    if len(value.encode()) > _MOST:
        return False
    if name == "accept":
        return not _UNSAFE.search(value)
    if name in ("accept-language", "content-language"):
        return _LANGUAGE.fullmatch(value) is not None
    if name == "content-type":
        return not _UNSAFE.search(value) and _essence(value) in _FORMS
    if name == "range":
        asked = _RANGE.fullmatch(value)
        return asked is not None and (not asked[2] or int(asked[1]) <= int(asked[2]))
    return False


def _essence(value: str) -> str:
    """`text/plain` of `Text/Plain; charset=utf-8`; empty where it is no media type."""
    essence = value.partition(";")[0].strip(" \t\r\n").lower()
    kind, slash, part = essence.partition("/")
    return essence if slash and TOKEN.fullmatch(kind) and TOKEN.fullmatch(part) else ""
