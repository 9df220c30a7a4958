"""A model that is loading: how long it may, and how long it has."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from opscheck.checks._timing import minutes_off
from opscheck.checks._words import degraded, failed
from opscheck.model import Verdict

_CLOCK_SKEW: Final = 1.0  # minutes that a server's clock may run ahead


def judged_warming(since: datetime | None, *, budget: float, now: datetime, observed: str) -> Verdict:
    """Degraded with the time that is left of a budget in minutes; failed once it is over."""
    expected = f"the model is loaded within {budget:g} minutes"
    age = minutes_off(since, now) if since is not None else -_CLOCK_SKEW - 1
    if age < -_CLOCK_SKEW:
        reason = "the model is loading; since when cannot be told, for llm.since is no instant of the past"
        return degraded(reason, expected=expected, observed=observed)
    if age > budget:
        reason = f"the model has been loading for {age:.0f} minutes, its budget is {budget:g}"
        cause = "the model is missing, too large for the machine, or its download stands still"
        return failed(reason, expected=expected, observed=observed, likely_cause=cause)
    reason = f"the model is loading: {budget - max(age, 0.0):.0f} of {budget:g} minutes left"
    return degraded(reason, expected=expected, observed=observed)
