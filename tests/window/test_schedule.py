"""Schedules as people write them, and the moments that they mean."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest

from opscheck.errors import OptionError
from opscheck.window.calendar import Calendar
from opscheck.window.schedule import Freeze
from opscheck.window.spans import Span
from opscheck.window.wording import parse_schedule


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Schedule, from when on, and the next windows in UTC.
NEXT = (
    ("Saturday 02:00-06:00 UTC", "2026-03-05", ("2026-03-07 02:00/06:00", "2026-03-14 02:00/06:00")),
    ("Sat 02:00-06:00 UTC", "2026-03-07 05:59", ("2026-03-07 02:00/06:00", "2026-03-14 02:00/06:00")),
    ("saturdays 02:00-06:00 UTC", "2026-03-07 06:00", ("2026-03-14 02:00/06:00",)),
    ("Saturday 22:00-02:00 UTC", "2026-03-08 01:00", ("2026-03-07 22:00/2026-03-08 02:00",)),
    ("Saturday 22:00-00:00 UTC", "2026-03-07", ("2026-03-07 22:00/2026-03-08 00:00",)),
    ("daily 00:00-24:00 UTC", "2026-03-07 12:00", ("2026-03-07 00:00/2026-03-08 00:00",)),
    ("Mon-Wed 10:00-11:00 UTC", "2026-03-07", ("2026-03-09 10:00/11:00", "2026-03-10 10:00/11:00")),
    ("Sat-Mon 10:00-11:00 UTC", "2026-03-07 12:00", ("2026-03-08 10:00/11:00", "2026-03-09 10:00/11:00")),
    ("weekends 10:00-11:00 UTC", "2026-03-05", ("2026-03-07 10:00/11:00", "2026-03-08 10:00/11:00")),
    ("first, third Tuesday 10:00-11:00 UTC", "2026-03-01", ("2026-03-03 10:00/11:00", "2026-03-17 10:00/11:00")),
    ("last Sunday 10:00-11:00 UTC", "2026-03-01", ("2026-03-29 10:00/11:00", "2026-04-26 10:00/11:00")),
    ("fifth Friday 10:00-11:00 UTC", "2026-03-01", ("2026-05-29 10:00/11:00", "2026-07-31 10:00/11:00")),
    ("2026-12-24, 2027-01-07 10:00-12:00 UTC", "2026-03-01", ("2026-12-24 10:00/12:00", "2027-01-07 10:00/12:00")),
    # Berlin: in summer the same reading is an hour earlier in UTC.
    ("Saturday 02:00-06:00 Europe/Berlin", "2026-03-27", ("2026-03-28 01:00/05:00", "2026-04-04 00:00/04:00")),
    # On the night of the change itself, forward and back.
    ("Sunday 01:30-03:30 Europe/Berlin", "2026-03-28", ("2026-03-29 00:30/01:30", "2026-04-04 23:30/2026-04-05 01:30")),
    ("Sunday 02:30-06:00 Europe/Berlin", "2026-03-28", ("2026-03-29 01:00/04:00",)),
    ("Sunday 01:30-06:00 Europe/Berlin", "2026-10-24", ("2026-10-24 23:30/2026-10-25 05:00",)),
    ("Sunday 02:15-02:45 Europe/Berlin", "2026-10-24", ("2026-10-25 00:15/00:45",)),
    # All of it is skipped: there is no window on that day, and the next one is a week later.
    ("Sunday 02:15-02:45 Europe/Berlin", "2026-03-28", ("2026-04-05 00:15/00:45",)),
    # East and west of the date line.
    ("Saturday 02:00-06:00 Pacific/Auckland", "2026-03-05", ("2026-03-06 13:00/17:00",)),
    ("Saturday 20:00-23:00 Pacific/Honolulu", "2026-03-05", ("2026-03-08 06:00/09:00",)),
)


def _span(text: str) -> tuple[datetime, datetime]:
    start, _, end = text.partition("/")
    return at(start), at(end if len(end) > 5 else f"{start[:10]} {end}")


@pytest.mark.parametrize(("text", "since", "expected"), NEXT)
def test_the_next_windows(text: str, since: str, expected: tuple[str, ...]) -> None:
    """By weekday, in a month, on dates, over midnight, in every zone and through every change of the clock."""
    slots = itertools.islice(Calendar([parse_schedule("x", text)]).slots(at(since)), len(expected))

    assert [(slot.span.start, slot.span.end) for slot in slots] == [_span(one) for one in expected]


def test_a_window_on_the_night_of_the_change_lasts_as_long_as_the_clock_makes_it() -> None:
    """01:00 to 05:00 is three hours in spring and five in autumn; what the clock does is told."""
    schedule = parse_schedule("x", "Sunday 01:00-05:00 Europe/Berlin")
    spring, autumn = schedule.occurrence(at("2026-03-29").date()), schedule.occurrence(at("2026-10-25").date())

    assert spring is not None
    assert autumn is not None
    assert (spring.length, autumn.length) == (timedelta(hours=3), timedelta(hours=5))
    odd = parse_schedule("x", "Sunday 02:30-05:00 Europe/Berlin")
    assert odd.remarks(at("2026-03-29").date()) == [
        "2026-03-29 02:30 is skipped by the clock of Europe/Berlin: its start is 03:00"
    ]
    assert "comes twice" in odd.remarks(at("2026-10-25").date())[0]
    assert odd.remarks(at("2026-06-07").date()) == []


REFUSED = (
    ("Caturday 02:00-06:00 UTC", 'is no weekday; did you mean "saturday"?'),
    ("Saturday 02:00-06:00", "is not days, times and a zone"),
    ("Saturday 2-6 UTC", "is not days, times and a zone"),
    ("Saturday 25:00-06:00 UTC", "'25:00' is no time of day"),
    ("Saturday 02:60-06:00 UTC", "'02:60' is no time of day"),
    ("Saturday 24:00-06:00 UTC", "'24:00' is no time of day"),
    ("Saturday 02:00-02:00 UTC", "it ends when it starts"),
    ("Saturday 02:00-06:00 Europe/Berln", 'unknown time zone "Europe/Berln"; did you mean "Europe/Berlin"?'),
    ("Saturday 02:00-06:00 europe/berlin", 'did you mean "Europe/Berlin"?'),
    ("Saturday 02:00-06:00 ../../etc/passwd", "unknown time zone"),
    ("first 02:00-06:00 UTC", "names no weekday"),
    ("2026-02-30 02:00-06:00 UTC", "is no date"),
    ("", "is not days, times and a zone"),
)


@pytest.mark.parametrize(("text", "told"), REFUSED)
def test_what_is_no_schedule_is_told_in_one_line(text: str, told: str) -> None:
    """With the name of the schedule, what is wrong, and how it is written."""
    with pytest.raises(OptionError) as caught:
        parse_schedule("weekly", text)

    assert told in str(caught.value)
    assert "weekly" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_freeze_keeps_windows_shut() -> None:
    """One that lies in it does not open, one that reaches into it is shorter, and the rest of a long one stays."""
    saturday = parse_schedule("weekly", "Saturday 02:00-06:00 UTC")

    def spans(start: str, end: str) -> list[Span]:
        calendar = Calendar([saturday], [Freeze("f", Span(at(start), at(end)))])
        return [slot.span for slot in itertools.islice(calendar.slots(at("2026-03-07")), 2)]

    later = Span(at("2026-03-14 02:00"), at("2026-03-14 06:00"))
    assert spans("2026-03-06", "2026-03-08") == [later, Span(at("2026-03-21 02:00"), at("2026-03-21 06:00"))]
    assert spans("2026-03-07 04:00", "2026-03-08") == [Span(at("2026-03-07 02:00"), at("2026-03-07 04:00")), later]
    assert spans("2026-03-07 03:00", "2026-03-07 04:00") == [
        Span(at("2026-03-07 02:00"), at("2026-03-07 03:00")),
        Span(at("2026-03-07 04:00"), at("2026-03-07 06:00")),
    ]


def test_freezes_and_schedules_are_for_their_hosts() -> None:
    """A schedule has to cover all hosts that are asked for, a freeze concerns whom it names."""
    ours = parse_schedule("ours", "daily 02:00-06:00 UTC", hosts=["prod"])
    all_ = parse_schedule("all", "Sunday 02:00-06:00 UTC")
    freeze = Freeze("f", Span(at("2026-03-07"), at("2026-03-08")), "", ("prod",))
    calendar = Calendar([ours, all_], [freeze])

    assert [one.name for one in calendar.for_hosts(["prod"]).schedules] == ["ours", "all"]
    assert [one.name for one in calendar.for_hosts(["prod", "lab"]).schedules] == ["all"]
    assert calendar.for_hosts(["lab"]).freezes == []
    assert calendar.for_hosts(["prod"]).current(at("2026-03-07 03:00")) is None
    assert calendar.for_hosts(["prod"]).frozen(at("2026-03-07 03:00")) == freeze


def test_of_several_windows_now_the_longer_counts() -> None:
    """Two schedules overlap; and of many, the next ones come in order."""
    texts = {"short": "Saturday 02:00-03:00 UTC", "long": "Saturday 01:00-08:00 UTC", "other": "Friday 01:00-02:00 UTC"}
    calendar = Calendar([parse_schedule(name, text) for name, text in texts.items()])
    current = calendar.current(at("2026-03-07 02:30"))

    assert current is not None
    assert current.schedule.name == "long"
    coming = calendar.following(at("2026-03-05"), 4)
    assert [slot.schedule.name for slot in coming] == ["other", "long", "short", "other"]


def test_a_schedule_that_is_over_or_frozen_for_ever_ends() -> None:
    """The search for the next window is bounded."""
    over = Calendar([parse_schedule("x", "2020-01-01 02:00-06:00 UTC")])
    frozen = Calendar(
        [parse_schedule("x", "daily 02:00-06:00 UTC")], [Freeze("f", Span(at("2026-01-01"), at("2060-01-01")))]
    )

    assert over.following(at("2026-03-05"), 1) == []
    assert frozen.following(at("2026-03-05"), 1) == []
