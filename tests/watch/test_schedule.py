"""The grid: what is due, what comes next, where it ends."""

from __future__ import annotations

import pytest

from opscheck.errors import OptionError
from opscheck.watch.schedule import Grid


def test_slots_are_multiples_of_the_interval() -> None:
    """Added up a million times, nothing drifts."""
    assert Grid(10.0, 0.1).due(1_000_000) == pytest.approx(100_010.0)


def test_what_has_passed_is_skipped() -> None:
    """The latest slot that is due, or the next one."""
    grid = Grid(0.0, 30.0)

    assert grid.following(0, 29.0) == 1
    assert grid.following(0, 30.0) == 1
    assert grid.following(0, 61.0) == 2
    assert grid.following(0, 89.9) == 2
    assert grid.following(5, 0.0) == 6  # nothing goes back


@pytest.mark.parametrize(
    ("length", "last", "end"), [(90.0, 3, 90.0), (100.0, 4, 100.0), (0.0, 0, 0.0), (10.0, 1, 10.0)]
)
def test_the_end_is_sampled(length: float, last: int, end: float) -> None:
    """Also where it is no multiple of the interval."""
    grid = Grid(0.0, 30.0, length)

    assert grid.last == last
    assert grid.due(last) == end
    assert not grid.over(last)
    assert grid.over(last + 1)


def test_the_last_slot_is_taken_however_late() -> None:
    """A round that runs over the end is followed by the sample of the end."""
    grid = Grid(0.0, 30.0, 90.0)

    assert grid.following(1, 400.0) == 3
    assert grid.following(3, 400.0) > 3


def test_no_interval_is_no_grid() -> None:
    """A clear line."""
    with pytest.raises(OptionError, match="more than nothing"):
        Grid(0.0, 0.0)
