"""Rounds that take longer than the interval: told when it begins, with what would help, and then once an hour."""

from __future__ import annotations

from typing import Final

from opscheck.watch.rounds import Gap

_HOUR: Final = 3600.0
_ROOM: Final = 1.2  # rounds are not all alike
_STEPS: Final = ((5, "5s"), (10, "10s"), (15, "15s"), (20, "20s"), (30, "30s"), (60, "1m"), (120, "2m"), (300, "5m"))
_STEPS_LONG: Final = ((600, "10m"), (900, "15m"), (1800, "30m"), (3600, "1h"), (7200, "2h"), (21_600, "6h"))


class Overruns:
    """Remembers what has been said of them.

    Args:
        every: seconds from one round to the next.
    """

    def __init__(self, every: float) -> None:
        self._every = every
        self._times = self._missed = 0
        self._last = float("-inf")
        self._advised = float("-inf")

    def line(self, gap: Gap, took: float, elapsed: float) -> str:
        """What to print of one more.

        Args:
            took: seconds of the round that took too long, with the time to record it.
            elapsed: now, by a clock that cannot be set.

        Returns:
            The gap itself for the first within an hour, advice for the next one, and again once an hour; else nothing.
        """
        if elapsed - self._last > _HOUR:
            self._times = 0
        self._last = elapsed
        self._times += 1
        self._missed += gap.missed
        if self._times == 1:
            return gap.line()
        if self._times > 2 and elapsed - self._advised < _HOUR:
            return ""
        self._advised = elapsed
        missed = self._missed
        return (
            f"rounds keep taking longer than --every {self._every:g}s (the last one took {took:.0f} s, {missed} were "
            f"missed so far): {_advice(took)}; from here on this is told once an hour"
        )


def _advice(took: float) -> str:
    """What would hold.

    >>> _advice(7.3)
    '--every 10s would hold, or fewer hosts and checks in one watch'
    """
    wanted = next((name for seconds, name in (*_STEPS, *_STEPS_LONG) if seconds >= took * _ROOM), "")
    fewer = "fewer hosts and checks in one watch"
    return f"--every {wanted} would hold, or {fewer}" if wanted else fewer
