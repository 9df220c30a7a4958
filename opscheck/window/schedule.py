"""When windows open: weekly, by the weekday of a month, daily, or on a date; each in a zone of its own."""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from opscheck.window.spans import Span, instant, is_doubled, is_skipped

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ORDINALS: Final = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}
_LOOK_AHEAD: Final = 800  # days; a fifth Sunday or a leap day's weekday comes within two years
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """One rule by which windows open.

    Attributes:
        days: weekdays, 0 is Monday; none where it is for dates only.
        of_month: which of these weekdays in a month, 1 to 5 or -1 for the last; none for every one.
        dates: single days.
        start, end: by the clock of the zone; an end that is not later than the start is on the next day.
        hosts: for which hosts; none for all.
    """

    name: str
    start: time
    end: time
    zone: ZoneInfo
    days: frozenset[int] = frozenset()
    of_month: frozenset[int] = frozenset()
    dates: frozenset[date] = frozenset()
    hosts: tuple[str, ...] = ()

    def falls_on(self, day: date) -> bool:
        """Whether a window starts on this day of the zone."""
        if day in self.dates:
            return True
        if day.weekday() not in self.days:
            return False
        last = calendar.monthrange(day.year, day.month)[1]
        nth = {(day.day - 1) // 7 + 1} | ({-1} if day.day + 7 > last else set())
        return not self.of_month or bool(self.of_month & nth)

    def occurrence(self, day: date) -> Span | None:
        """The window that starts on a day; None where the clock jumps over all of it."""
        begin, finish = self._readings(day)
        span = Span(instant(begin, self.zone), instant(finish, self.zone))
        return span if span.start < span.end else None

    def _readings(self, day: date) -> tuple[datetime, datetime]:
        finish = day if self.end > self.start else day + _DAY
        return datetime.combine(day, self.start), datetime.combine(finish, self.end)

    def remarks(self, day: date) -> list[str]:
        """What the clock does to the window of a day, each one line; none on an ordinary day."""
        told = []
        for word, reading in zip(("start", "end"), self._readings(day), strict=True):
            if is_skipped(reading, self.zone):
                shown = instant(reading, self.zone).astimezone(self.zone)
                told.append(
                    f"{reading:%Y-%m-%d %H:%M} is skipped by the clock of {self.zone}: its {word} is {shown:%H:%M}"
                )
            elif is_doubled(reading, self.zone):
                told.append(f"{reading:%Y-%m-%d %H:%M} comes twice in {self.zone}: its {word} is the first of them")
        return told

    def occurrences(self, since: datetime) -> Iterator[tuple[date, Span]]:
        """The windows that end after a moment (aware), in order, for some two years."""
        first = since.astimezone(self.zone).date() - 2 * _DAY
        for offset in range(_LOOK_AHEAD):
            day = first + offset * _DAY
            if self.falls_on(day):
                span = self.occurrence(day)
                if span is not None and span.end > since.astimezone(UTC):
                    yield day, span

    def __str__(self) -> str:
        end = "24:00" if self.end == time() and self.start < time(23, 59) else f"{self.end:%H:%M}"
        return f"{self._days()} {self.start:%H:%M}-{end} {self.zone}"

    def _days(self) -> str:
        if not self.days:
            return ", ".join(f"{day}" for day in sorted(self.dates))
        nth = [word for word, number in ORDINALS.items() if number in self.of_month]
        days = "daily" if len(self.days) == len(WEEKDAYS) else ", ".join(WEEKDAYS[one] for one in sorted(self.days))
        return f"{', '.join(nth)} {days}".strip()


@dataclass(frozen=True, slots=True)
class Freeze:
    """A span in which no window opens.

    Attributes:
        hosts: for which hosts; none for all.
    """

    name: str
    span: Span
    reason: str = ""
    hosts: tuple[str, ...] = ()

    def __str__(self) -> str:
        why = f" ({self.reason})" if self.reason else ""
        return f"freeze {self.name}{why} from {self.span.start:%Y-%m-%d %H:%M} to {self.span.end:%Y-%m-%d %H:%M} UTC"
