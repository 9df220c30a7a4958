"""Instants and waits as HTTP writes them, read strictly."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FIXED: Final = re.compile(
    rf"({'|'.join(_DAYS)}), ([0-9]{{2}}) ({'|'.join(_MONTHS)}) ([0-9]{{4}}) ([0-9]{{2}}):([0-9]{{2}}):([0-9]{{2}}) GMT"
)
_SECONDS: Final = re.compile(r"[0-9]{1,9}")


def http_date(value: str) -> datetime | None:
    """The instant of an IMF-fixdate, the one form that is sent; None for anything else, also for a wrong weekday.

    >>> http_date("Sun, 06 Nov 1994 08:49:37 GMT")
    datetime.datetime(1994, 11, 6, 8, 49, 37, tzinfo=datetime.timezone.utc)
    >>> http_date("Mon, 06 Nov 1994 08:49:37 GMT") is None
    True
    """
    found = _FIXED.fullmatch(value)
    if found is None:
        return None
    weekday, day, month, year, hour, minute, second = found.groups()
    try:
        # A leap second is a second that clocks here do not have.
        moment = datetime(
            int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), min(int(second), 59), tzinfo=UTC
        )
    except ValueError:
        return None
    return moment if int(second) <= 60 and _DAYS[moment.weekday()] == weekday else None


def seconds_to_wait(value: str, now: datetime) -> float | None:
    """What Retry-After asks for: whole seconds in ASCII digits, or a date; None where it is neither.

    >>> seconds_to_wait("120", datetime.now(UTC)), seconds_to_wait("1.5", datetime.now(UTC))
    (120.0, None)
    """
    value = value.strip(" \t")
    if _SECONDS.fullmatch(value):
        return float(value)
    moment = http_date(value)
    return None if moment is None else max(0.0, (moment - now).total_seconds())
