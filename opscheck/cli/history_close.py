"""Tests looked at closely: how long each was up, when it changed, since when it fails; as lines and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from opscheck.cli.history_words import Troubled, availability_line, grouped, short_test, warming_line
from opscheck.history import DayRecord, ResultRecord
from opscheck.history.trends import (
    Key,
    Regression,
    State,
    availability,
    by_test,
    counts_of_days,
    first_failure,
    flaps,
    latest_state,
    percentiles_of_days,
    unseen_since,
    warming,
)
from opscheck.model import Json
from opscheck.report.visible import counted, visible


def troubled(records: Iterable[ResultRecord], mended: Collection[Key] = ()) -> list[Troubled]:
    """Tests that changed between good and bad, most often first, or that are failing: changes, and since when.

    Args:
        mended: waivers that are in order again, which no result tells.
    """
    told = [
        Troubled(key, flaps(mine), None, latest_state(mine), None)
        if key in mended
        else Troubled(key, flaps(mine), first_failure(mine), latest_state(mine), unseen_since(mine))
        for key, mine in by_test(records).items()
    ]
    return sorted((one for one in told if one.changes or one.failing), key=lambda one: -len(one.changes))


def whole_since(days: Iterable[DayRecord], records: Iterable[ResultRecord]) -> date | None:
    """The first day from which on every result is there that the sums by day count; None where there is none.

    Passes are pruned before failures: how long a test was up cannot be told of days of which only failures are left.
    """
    missing: Counter[date] = Counter()
    for day in days:
        missing[day.day] += sum(day.counts.values())
    for record in records:
        missing[record.at.date()] -= 1
    if not missing:
        return None
    short = [day for day, number in missing.items() if number > 0]
    first = max(short) + timedelta(days=1) if short else min(missing)
    return first if first <= max(missing) else None


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
            "not_seen_since": unseen.isoformat() if unseen else None,
        }
        for key, changes, failing, _, unseen in found
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
                "waived": number[State.WAIVED],
                "ratio": number[State.UP] / seen if seen else None,
                "latency": found.as_dict() if found else None,
            }
        )
    return rows


def close_json(records: Sequence[ResultRecord], now: datetime, mended: Collection[Key] = ()) -> list[Json]:
    """How long each test was up, JSON-ready. `mended` as for `troubled`."""
    rows: list[Json] = []
    for (host, check, test), mine in by_test(records).items():
        failing = None if (host, check, test) in mended else first_failure(mine)
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


def close_lines(
    records: Sequence[ResultRecord], now: datetime, since: date | None, first: date, mended: Collection[Key] = ()
) -> Iterator[str]:
    """How long each test was up, in lines. `mended` as for `troubled`.

    Args:
        since: the first day from which on all results are there; None where there is none.
        first: the first day that has any.
    """
    if since is None:
        yield "by time: nothing can be told, for the results that passed are no longer kept"
        return
    yield f"by time since {since}: each result stands until the next one; good% counts the results instead"
    if since > first:
        yield f"  (of before, back to {first}, the results that passed are no longer kept)"
    for (host, check, test), mine in by_test(records).items():
        yield visible(f"  {host}, {short_test(test)}: {availability_line(availability(mine, until=now))}")
        changes = flaps(mine)
        failing = None if (host, check, test) in mended else first_failure(mine)
        if changes:
            last = f"{changes[-1].at:%Y-%m-%d %H:%MZ}"
            yield f"    {counted(len(changes), 'change')} between good and bad, the last {last}"
        if failing:
            yield visible(f"    failing since {failing.at:%Y-%m-%d %H:%MZ}: {failing.reason}")
        loading = warming(mine)
        if loading.times:
            yield f"    {warming_line(loading)}"
