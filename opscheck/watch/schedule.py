"""When rounds are due: a fixed grid, so that nothing drifts however long a round takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

from opscheck.errors import OptionError


@dataclass(frozen=True, slots=True)
class Grid:
    """Slots `every` seconds apart from `start` on, both in the seconds of `Clock.elapsed`.

    Attributes:
        length: seconds that are to be covered; None for as long as nobody says stop. The slot at the very end belongs
            to it: samples at 0 and at 24 h cover 24 h, the last but one would not.
    """

    start: float
    every: float
    length: float | None = None

    def __post_init__(self) -> None:
        if self.every <= 0:
            raise OptionError("--every has to be more than nothing")

    @property
    def last(self) -> int | None:
        """The number of the last slot; None where there is none."""
        return None if self.length is None else math.ceil(round(self.length / self.every, 9))

    def due(self, slot: int) -> float:
        """When a slot is due; the last one no later than the end."""
        at = self.start + slot * self.every
        return at if self.length is None else min(at, self.start + self.length)

    def following(self, slot: int, elapsed: float) -> int:
        """The slot to take next, once `slot` is done and it is `elapsed`: the latest that is due, else the next.

        The last one is taken, however late.
        """
        latest = math.floor(round((elapsed - self.start) / self.every, 9))
        if self.last is not None and slot < self.last:
            latest = min(latest, self.last)
        return max(slot + 1, latest)

    def over(self, slot: int) -> bool:
        """The slot lies behind the end."""
        return self.last is not None and slot > self.last
