"""A schedule as people write it: `Saturday 02:00-06:00 UTC`, `first, third Tuesday 22:00-02:00 Europe/Berlin`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

from opscheck.errors import OptionError, did_you_mean
from opscheck.window.schedule import ORDINALS, WEEKDAYS, Schedule

_TEXT: Final = re.compile(
    r"(?P<days>.+?)\s+(?P<start>\d{1,2}:\d\d)\s*[-\u2013\u2014]\s*(?P<end>\d{1,2}:\d\d)\s+(?P<zone>\S+)"
)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d\d)")
_GROUPS: Final = {"daily": range(7), "weekdays": range(5), "weekends": (5, 6), "every day": range(7)}
FORM: Final = 'as in "Saturday 02:00-06:00 UTC" or "first Sunday 22:00-02:00 Europe/Berlin"'


def parse_schedule(name: str, text: str, *, hosts: Sequence[str] = ()) -> Schedule:
    """Read a schedule.

    Raises:
        OptionError: it cannot be read; one line that says what is wrong.
    """
    found = _TEXT.fullmatch(text.strip())
    if found is None:
        raise OptionError(f"schedule {name}: {text!r} is not days, times and a zone, {FORM}")
    days, of_month, dates = parse_days(name, found["days"])
    start, end = parse_clock(name, found["start"]), parse_clock(name, found["end"], is_end=True)
    if start == end and start != time():
        raise OptionError(f"schedule {name}: it ends when it starts, at {found['end']}")
    return Schedule(name, start, end, parse_zone(name, found["zone"]), days, of_month, dates, tuple(hosts))


def parse_days(name: str, text: str) -> tuple[frozenset[int], frozenset[int], frozenset[date]]:
    """Weekdays, which of them in a month, and single dates; see parse_schedule."""
    days: set[int] = set()
    of_month: set[int] = set()
    dates: set[date] = set()
    plain = " ".join(text.lower().split())
    if plain in _GROUPS:
        return frozenset(_GROUPS[plain]), frozenset(), frozenset()
    for word in re.split(r"\s*,\s*|\s+and\s+|\s+", plain):
        if word in ORDINALS:
            of_month.add(ORDINALS[word])
        elif re.fullmatch(r"\d{4}-\d\d-\d\d", word):
            dates.add(parse_date(name, word))
        elif word in _GROUPS:
            days.update(_GROUPS[word])
        elif word:
            days.update(_weekdays(name, word))
    if of_month and not days:
        raise OptionError(f"schedule {name}: {text!r} names no weekday, {FORM}")
    return frozenset(days), frozenset(of_month), frozenset(dates)


def _weekdays(name: str, word: str) -> list[int]:
    first, dash, last = re.sub("[\u2013\u2014]", "-", word).partition("-")
    start = _weekday(name, first)
    if not dash:
        return [start]
    return [(start + step) % 7 for step in range((_weekday(name, last) - start) % 7 + 1)]


def _weekday(name: str, word: str) -> int:
    plain = word.removesuffix("s") if word.endswith("days") else word
    for number, day in enumerate(WEEKDAYS):
        if len(plain) >= 3 and day.lower().startswith(plain):
            return number
    known = [*(day.lower() for day in WEEKDAYS), *ORDINALS, *_GROUPS]
    raise OptionError(f'schedule {name}: "{word}" is no weekday{did_you_mean(word, known)}, {FORM}')


def parse_date(name: str, text: str) -> date:
    """`2026-12-24`."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise OptionError(f"{name}: {text!r} is no date such as 2026-12-24") from None


def parse_clock(name: str, text: str, *, is_end: bool = False) -> time:
    """`02:00`; an end may be `24:00`, the midnight that ends the day."""
    found = _CLOCK.fullmatch(text.strip())
    if found and is_end and found.groups() == ("24", "00"):
        return time()
    if found is None or int(found[1]) > 23 or int(found[2]) > 59:
        raise OptionError(f"schedule {name}: {text!r} is no time of day such as 02:00")
    return time(int(found[1]), int(found[2]))


def parse_zone(name: str, text: str) -> ZoneInfo:
    """`UTC`, or a place of the time zone database such as `Europe/Berlin`."""
    known = available_timezones()
    if text in known:
        return ZoneInfo(text)
    by_lower = {one.lower(): one for one in known}
    near = f'; did you mean "{by_lower[text.lower()]}"?' if text.lower() in by_lower else did_you_mean(text, known)
    raise OptionError(f'{name}: unknown time zone "{text}"{near} (UTC, or a place such as Europe/Berlin)')
