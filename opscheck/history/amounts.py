"""Spans and sizes as people write them: `90d`, `1h30m`, `1GB`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from opscheck.errors import UserError
from opscheck.report.visible import visible

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
_BYTES: Final = {"b": 1, "kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
_SPAN: Final = re.compile(r"(?:[0-9]+(?:\.[0-9]+)?[smhdwy])+")
_PART: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhdwy])")
_SIZE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?b?)")
_LONGEST: Final = timedelta(days=36_500)


def span_of(text: str) -> timedelta:
    """A span of time.

    >>> span_of("1h30m"), span_of("90d")
    (datetime.timedelta(seconds=5400), datetime.timedelta(days=90))

    Raises:
        UserError: it is none.
    """
    words = text.strip().lower()
    if not _SPAN.fullmatch(words):
        raise UserError(f"{visible(text, 40)!r} is no span of time: 30s, 5m, 24h, 90d and 1y are")
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(words))
    if seconds > _LONGEST.total_seconds():
        raise UserError(f"{visible(text, 40)!r} is longer than a hundred years")
    return timedelta(seconds=seconds)


def bytes_of(text: str) -> int:
    """A size in bytes; 1 kB is 1,000 of them.

    >>> bytes_of("1.5GB")
    1500000000

    Raises:
        UserError: it is none, or has no unit: who writes 10 means no ten bytes.
    """
    found = _SIZE.fullmatch(text.strip().lower())
    if found is None:
        raise UserError(f"{visible(text, 40)!r} is no size: 500MB and 1GB are")
    if not found[2]:
        raise UserError(f"{visible(text, 40)!r} is no size without a unit: 500kB, 500MB and 1GB are")
    unit = found[2] if found[2].endswith("b") else f"{found[2]}b"
    return int(float(found[1]) * _BYTES[unit])


def shown_bytes(size: int) -> str:
    """A size for people.

    >>> shown_bytes(84_300_000)
    '84.3 MB'
    """
    for name, unit in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} B"


def shown_span(span: timedelta) -> str:
    """A span for people, its two largest units.

    >>> shown_span(timedelta(hours=26, minutes=5))
    '1d 2h'
    """
    left = round(span.total_seconds())
    parts: list[str] = []
    for name in ("d", "h", "m", "s"):
        number, left = divmod(left, _SECONDS[name])
        if number or (name == "s" and not parts):
            parts.append(f"{number}{name}")
    return " ".join(parts[:2])
