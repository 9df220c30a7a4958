"""Spans of time as they are written: `30s`, `24h`, `2d`; and as they are told."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN: Final = re.compile(r"([0-9]{1,6})([smhdw])")


def span(text: str) -> timedelta:
    """A span as it is written.

    Raises:
        ValueError: it is none; the message is one line.

    >>> span("24h")
    datetime.timedelta(days=1)
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is no span such as 30s, 24h or 2d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def lasting(time: timedelta) -> str:
    """A span as it is told, in its two largest units; days from two of them on.

    >>> lasting(timedelta(hours=23, minutes=59, seconds=30)), lasting(timedelta(days=1)), lasting(timedelta())
    ('23 h 59 min', '24 h', '0 s')
    """
    left = max(round(time.total_seconds()), 0)
    parts = []
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    for unit, seconds in units if left >= 2 * 86400 else units[1:]:
        count, left = divmod(left, seconds)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"
