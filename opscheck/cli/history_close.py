"""Tests looked at closely: how long each was up, when it changed, since when it fails; as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeAlias

from opscheck.cli.history_words import availability_line, grouped, short_test, warming_line
from opscheck.history import DayRecord, ResultRecord
from opscheck.history.trends import (
    Flap,
    Regression,
    State,
    availability,
    by_test,
    counts_of_days,
    first_failure,
    flaps,
    percentiles_of_days,
    warming,
)
from opscheck.model import Json
from opscheck.report.visible import counted, visible

Troubled: TypeAlias = tuple[tuple[str, str, str], list[Flap], ResultRecord | None]


def troubled(records: Iterable[ResultRecord]) -> list[Troubled]:
    """Tests that changed between good and bad, most often first, or that are failing: changes, and since when."""
    told = [(key, flaps(mine), first_failure(mine)) for key, mine in by_test(records).items()]
    return sorted((one for one in told if one[1] or one[2]), key=lambda one: -len(one[1]))


def flap_json(found: Iterable[Troubled]) -> list[Json]:
    """The same, JSON-ready."""
    return [
        {
            "host": key[0],
            "check": key[1],
            "test": key[2],
            "changes": [{"at": one.at.isoformat(), "to": one.to.value} for one in changes],
            "failing_since": failing.at.isoformat() if failing else None,
            "reason": failing.reason if failing else "",
        }
        for key, changes, failing in found
    ]


def regression_json(found: Iterable[Regression]) -> list[Json]:
    """What a run does worse than its baseline, JSON-ready."""
    return [
        {
            "worse": one.worse.value,
            "before": one.before.as_dict(),
            "after": one.after.as_dict() if one.after else None,
        }
        for one in found
    ]


def trend_json(days: Iterable[DayRecord]) -> list[Json]:
    """A row for each test, JSON-ready."""
    rows = []
    for (host, check, test), mine in grouped(days).items():
        number = counts_of_days(mine)
        seen = number[State.UP] + number[State.DOWN]
        found = percentiles_of_days(mine)
        rows.append(
            {
                "host": host,
                "check": check,
                "test": test,
                "days": len({one.day for one in mine}),
                "up": number[State.UP],
                "down": number[State.DOWN],
                "unseen": number[State.UNSEEN],
                "ratio": number[State.UP] / seen if seen else None,
                "latency": found.as_dict() if found else None,
            }
        )
    return rows


def close_json(records: Sequence[ResultRecord], now: datetime) -> list[Json]:
    """How long each test was up, JSON-ready."""
    rows: list[Json] = []
    for (host, check, test), mine in by_test(records).items():
        failing = first_failure(mine)
        rows.append(
            {
                "host": host,
                "check": check,
                "test": test,
                "availability": availability(mine, until=now).as_dict(),
                "flaps": [{"at": one.at.isoformat(), "to": one.to.value} for one in flaps(mine)],
                "failing_since": failing.at.isoformat() if failing else None,
            }
        )
    return rows


def close_lines(records: Sequence[ResultRecord], now: datetime) -> Iterator[str]:
    """How long each test was up, in lines."""
    for (host, _, test), mine in by_test(records).items():
        yield visible(f"{host}, {short_test(test)}: {availability_line(availability(mine, until=now))}", 200)
        changes = flaps(mine)
        failing = first_failure(mine)
        if changes:
            yield f"  {counted(len(changes), 'change')} between good and bad, the last {changes[-1].at:%Y-%m-%d %H:%MZ}"
        if failing:
            yield visible(f"  failing since {failing.at:%Y-%m-%d %H:%MZ}: {failing.reason}", 200)
        loading = warming(mine)
        if loading.times:
            yield f"  {warming_line(loading)}"
