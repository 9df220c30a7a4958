"""When a log was written: stretches in which no two lines lie further apart than it may be silent. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final, TypeAlias

SILENCE: Final = timedelta(hours=1)  # that a log may be silent: nobody may have asked anything
LONGEST_SILENCE: Final = timedelta(days=7)  # that anybody may call a night; expect.legacy.silence_hours has it as well
Stretches: TypeAlias = tuple[tuple[datetime, datetime], ...]


def may_be_silent(silence: timedelta) -> bool:
    """Whether a log may be allowed to be silent for so long: more than nothing, and no longer than anybody is quiet.

    >>> may_be_silent(timedelta(hours=8)), may_be_silent(timedelta(days=8)), may_be_silent(timedelta())
    (True, False, False)
    """
    return timedelta() < silence <= LONGEST_SILENCE


def joined(stretches: Iterable[tuple[datetime, datetime]], silence: timedelta) -> Stretches:
    """The same in order, those joined that overlap or follow within the silence that is allowed."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(stretches):
        if found and start - found[-1][1] <= silence:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)


def between(stretches: Stretches) -> Stretches:
    """What lies between stretches that are in order."""
    return tuple((before[1], after[0]) for before, after in pairwise(stretches))


def lasting(time: timedelta) -> str:
    """A span as it is told, in hours and minutes.

    >>> lasting(timedelta(hours=6)), lasting(timedelta(minutes=61, seconds=40)), lasting(timedelta(seconds=59))
    ('6 h', '1 h 1 min', '59 s')
    """
    minutes, seconds = divmod(int(time.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    parts += [f"{minutes} min"] if minutes else []
    return " ".join(parts) or f"{seconds} s"
