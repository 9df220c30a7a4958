"""The times of access logs: as nginx writes them, as ISO 8601, and as seconds or milliseconds since 1970."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NUMBER: Final = {month.encode("ascii"): place for place, month in enumerate(_MONTHS, 1)}
_LOCAL: Final = re.compile(
    rb"(\d\d)/([A-Z][a-z][a-z])/(\d{4}):(\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))? ([+-])(\d\d)(\d\d)"
)
_EPOCH: Final = re.compile(rb"\d{9,11}(?:\.\d{1,9})?|\d{12,14}")
_MILLISECONDS: Final = 10**11  # what is more is none of seconds before the year 5138
_LONGEST: Final = 64

# The same by pattern, for lines whose time is not needed: exactly the dates that there are, but 29 February, which is
# rare enough to be looked at with care.
_LONG_MONTHS: Final = rb"(?:J(?:an|ul)|Ma[ry]|Aug|Oct|Dec)"
_MOST_MONTHS: Final = rb"(?:J(?:an|u[nl])|Ma[ry]|A(?:pr|ug)|Sep|Oct|Nov|Dec)"
_ANY_MONTH: Final = rb"(?:J(?:an|u[nl])|Feb|Ma[ry]|A(?:pr|ug)|Sep|Oct|Nov|Dec)"
CLOCK_SHAPE: Final = rb"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
_ZONE: Final = rb"[+-](?:0\d|1[0-4])"
LOCAL_SHAPE: Final = (
    rb"(?:(?:0[1-9]|1\d|2[0-8])/"
    + _ANY_MONTH
    + rb"|(?:29|30)/"
    + _MOST_MONTHS
    + rb"|31/"
    + _LONG_MONTHS
    + rb")/(?:19|2\d)\d\d:"
    + CLOCK_SHAPE
    + rb" "
    + _ZONE
    + rb"[0-5]\d"
)
ISO_SHAPE: Final = (
    rb"(?:19|2\d)\d\d-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T"
    + CLOCK_SHAPE
    + rb"(?:\.\d{3}(?:\d{3})?)?(?:Z|"
    + _ZONE
    + rb":[0-5]\d)"
)
EPOCH_SHAPE: Final = rb"[1-9]\d{9}(?:\.\d{1,9})?"


def time_of(text: bytes) -> datetime | None:
    """The time, with the zone that it is written in; UTC where it has none. None where it is no time.

    >>> time_of(b"10/Oct/2026:13:55:36 +0200").isoformat()
    '2026-10-10T13:55:36+02:00'
    """
    if len(text) > _LONGEST:
        return None
    try:
        match = _LOCAL.fullmatch(text)
        if match is not None:
            return _local(match)
        if _EPOCH.fullmatch(text):
            number = float(text)
            return datetime.fromtimestamp(number / 1000 if number >= _MILLISECONDS else number, UTC)
        if b":" not in text:
            return None  # a day, or a number: nothing that a line was written at
        at = datetime.fromisoformat(text.decode("ascii"))
    except (ValueError, OverflowError, KeyError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _local(match: re.Match[bytes]) -> datetime:
    day, month, year, hour, minute, second, fraction, sign, hours, minutes = match.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    if int(minutes) > 59:
        raise ValueError("no zone")
    return datetime(
        int(year),
        _NUMBER[month],
        int(day),
        int(hour),
        int(minute),
        min(int(second), 59) if second == b"60" else int(second),  # a leap second
        int((fraction or b"").ljust(6, b"0")[:6]),
        tzinfo=timezone(-offset if sign == b"-" else offset),
    )


class Times:
    """Reads the times of combined lines; what those of a day share is worked out once.

    Attributes:
        day: of the time that was read last.
    """

    def __init__(self) -> None:
        self.day = ""
        self._date = b""
        self._midnight: datetime | None = None

    def local(self, stamp: bytes) -> datetime | None:
        """The time that `10/Oct/2026:13:55:36 +0200` tells; None where there is no such time."""
        date = stamp[:11] + stamp[20:]
        if date != self._date:
            self._date = date
            self._midnight = time_of(stamp[:12] + b"00:00:00" + stamp[20:])
            self.day = str(self._midnight.date()) if self._midnight is not None else ""
        if self._midnight is None:
            return None
        try:
            return self._midnight.replace(hour=int(stamp[12:14]), minute=int(stamp[15:17]), second=int(stamp[18:20]))
        except ValueError:
            return time_of(stamp)  # no such time, or a leap second
