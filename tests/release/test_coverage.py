"""Stretches of time as sets: held against a count of single seconds, over thousands of made-up cases."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from opscheck.release.coverage import Spans, Stretch, sampled, total, union, within, without

NOW = datetime(2026, 3, 29, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def span(start: int, end: int) -> Stretch:
    """From second to second."""
    return Stretch(NOW + start * SECOND, NOW + end * SECOND)


def seconds(spans: Spans) -> set[int]:
    """The same as single seconds."""
    return {
        second for one in spans for second in range(round((one.start - NOW) / SECOND), round((one.end - NOW) / SECOND))
    }


def made_up(source: random.Random) -> list[Stretch]:
    """Some that overlap, touch, repeat, are empty or run backwards."""
    found = []
    for _ in range(source.randrange(8)):
        start = source.randrange(60)
        found.append(span(start, start + source.randrange(-3, 20)))
    return found


@pytest.mark.parametrize("seed", range(200))
def test_sets_of_time_are_sets(seed: int) -> None:
    """Union, intersection and difference are those of the seconds that the stretches hold; results never overlap."""
    source = random.Random(seed)  # noqa: S311 - the same cases every time
    for _ in range(10):
        ones, others = made_up(source), made_up(source)
        a, b = seconds(tuple(ones)), seconds(tuple(others))
        assert seconds(union(ones)) == a
        assert seconds(within(ones, others)) == a & b
        assert seconds(without(ones, others)) == a - b
        assert total(ones) == len(a) * SECOND
        for result in (union(ones), within(ones, others), without(ones, others)):
            assert all(one.end < other.start for one, other in pairwise(result))


@pytest.mark.parametrize("seed", range(200))
def test_samples_cover_what_is_near_them_and_nothing_else(seed: int) -> None:
    """In any order, doubled or not: covered is what a sample is due in, and what two near ones enclose."""
    source = random.Random(seed)  # noqa: S311 - the same cases every time
    every, late = source.randrange(1, 6), source.randrange(4)
    instants = [source.randrange(100) for _ in range(source.randrange(30))]
    source.shuffle(instants)

    covered = seconds(sampled([NOW + one * SECOND for one in instants], every * SECOND, late * SECOND))

    expected = {second for at in instants for second in range(at - every, at)}
    ordered = sorted(instants)
    for before, at in pairwise(ordered):
        if at - before <= every + late:
            expected |= set(range(before, at))
    assert covered == expected


def test_a_wall_clock_that_jumps_changes_nothing() -> None:
    """In the hour that an autumn night has twice, and over the one that a spring night lacks, time is what passed."""
    berlin = ZoneInfo("Europe/Berlin")
    twice = Stretch(
        datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=0), datetime(2026, 10, 25, 2, 30, tzinfo=berlin, fold=1)
    )
    lacking = Stretch(datetime(2026, 3, 29, 1, 30, tzinfo=berlin), datetime(2026, 3, 29, 3, 30, tzinfo=berlin))
    day = Stretch(datetime(2026, 10, 24, 12, tzinfo=berlin), datetime(2026, 10, 25, 12, tzinfo=berlin))

    assert (twice.length, lacking.length, day.length) == tuple(timedelta(hours=hours) for hours in (1, 1, 25))


def test_an_instant_without_a_zone_covers_nothing() -> None:
    """Nobody knows when it was."""
    with pytest.raises(ValueError, match="without a zone"):
        Stretch(datetime(2026, 1, 1), datetime(2026, 1, 2))
