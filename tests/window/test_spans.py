"""Times of the wall and moments: hours that a day lacks, and hours that it has twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from opscheck.window.spans import Span, duration, instant, is_doubled, is_skipped, without

# Zone, reading of the clock, moment in UTC, what the clock does.
READINGS = (
    ("UTC", "2026-03-29 02:30", "2026-03-29 02:30", ""),
    ("Europe/Berlin", "2026-03-29 01:59", "2026-03-29 00:59", ""),
    ("Europe/Berlin", "2026-03-29 02:00", "2026-03-29 01:00", "skipped"),
    ("Europe/Berlin", "2026-03-29 02:59", "2026-03-29 01:00", "skipped"),
    ("Europe/Berlin", "2026-03-29 03:00", "2026-03-29 01:00", ""),
    ("Europe/Berlin", "2026-10-25 01:59", "2026-10-24 23:59", ""),
    ("Europe/Berlin", "2026-10-25 02:30", "2026-10-25 00:30", "doubled"),
    ("Europe/Berlin", "2026-10-25 03:00", "2026-10-25 02:00", ""),
    ("America/New_York", "2026-03-08 02:15", "2026-03-08 07:00", "skipped"),
    ("America/New_York", "2026-11-01 01:30", "2026-11-01 05:30", "doubled"),
    ("Australia/Lord_Howe", "2026-10-04 02:10", "2026-10-03 15:30", "skipped"),  # half an hour only
    ("Asia/Kolkata", "2026-03-29 02:30", "2026-03-28 21:00", ""),
    ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00", "skipped"),  # a whole day, given up at the date line
)


@pytest.mark.parametrize(("zone", "reading", "moment", "odd"), READINGS)
def test_a_reading_is_the_moment_at_which_the_clock_has_reached_it(
    zone: str, reading: str, moment: str, odd: str
) -> None:
    """A skipped reading is reached at the jump, a doubled one the first time."""
    local, place = datetime.fromisoformat(reading), ZoneInfo(zone)

    assert instant(local, place) == datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert (is_skipped(local, place), is_doubled(local, place)) == (odd == "skipped", odd == "doubled")


def test_moments_never_run_backwards() -> None:
    """Through both changes of a year, a later reading is never an earlier moment."""
    for zone in map(ZoneInfo, ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")):
        start = datetime(2026, 1, 1)
        found = [instant(start + timedelta(minutes=20 * step), zone) for step in range(3 * 24 * 365)]
        assert found == sorted(found)


def _span(start: int, end: int) -> Span:
    base = datetime(2026, 3, 7, tzinfo=UTC)
    return Span(base + timedelta(hours=start), base + timedelta(hours=end))


def test_holes_leave_what_is_around_them() -> None:
    """In front, behind, in the middle, all of it, and side by side."""
    whole = [_span(2, 6)]

    assert without(whole, [_span(0, 3)]) == [_span(3, 6)]
    assert without(whole, [_span(5, 9)]) == [_span(2, 5)]
    assert without(whole, [_span(3, 4)]) == [_span(2, 3), _span(4, 6)]
    assert without(whole, [_span(2, 6)]) == []
    assert without(whole, [_span(0, 2), _span(6, 7)]) == whole
    assert without(whole, [_span(2, 4), _span(3, 6)]) == []


def test_the_end_of_a_span_is_no_part_of_it() -> None:
    """At 06:00 sharp a window until 06:00 is over."""
    span = _span(2, 6)

    assert span.start in span
    assert span.end not in span


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "0 s"), (59, "59 s"), (60, "1 min"), (3600, "1 h"), (9000, "2 h 30 min"), (93_600, "1 d 2 h"), (-60, "1 min")],
)
def test_durations_are_told_in_two_units(seconds: int, told: str) -> None:
    """People read hours, not seconds."""
    assert duration(timedelta(seconds=seconds)) == told
