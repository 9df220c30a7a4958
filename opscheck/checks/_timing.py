"""Instants and durations as servers write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from opscheck.checks._json import is_number
from opscheck.model import HttpExchange

CLOCK_MINUTES: Final = 5.0
_UNITS: Final = {"ms": 0.001, "s": 1.0, "us": 0.000001, "ns": 0.000000001}


def took(answer: HttpExchange) -> float:
    """Seconds from the first step to the last byte."""
    return answer.phases.total or 0.0


def instant(value: object) -> datetime | None:
    """An unambiguous instant in ISO 8601; None for anything else, also for a time without a zone.

    >>> instant("2026-01-01T00:00:00Z")
    datetime.datetime(2026, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)
    >>> instant("2026-01-01T00:00:00") is None
    True
    """
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        parsed = datetime.fromisoformat(value.strip())
        return parsed.astimezone(UTC) if parsed.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def epoch(value: object) -> datetime | None:
    """A whole number of seconds since 1970 as an instant; None for anything else."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def minutes_off(moment: datetime, now: datetime) -> float:
    """How far an instant lies before (positive) or after (negative) another."""
    return (now - moment).total_seconds() / 60


def clock_off(moment: datetime, now: datetime) -> str:
    """How far a server's clock is off, in words; empty where it is near enough."""
    off = minutes_off(moment, now)
    if abs(off) <= CLOCK_MINUTES:
        return ""
    return f"{abs(off):.0f} minutes in the {'past' if off > 0 else 'future'}"


def measured_seconds(value: object, unit: object) -> float | None:
    """A health document's observedValue in seconds; None where it is no duration.

    >>> measured_seconds(250, "ms")
    0.25
    """
    if not is_number(value) or not isinstance(unit, str):
        return None
    factor = _UNITS.get(unit.strip().casefold())
    return None if factor is None else float(value) * factor  # type: ignore[arg-type] # is_number said so
