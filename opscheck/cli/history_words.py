"""History in plain text: tables that fit a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from opscheck.history import DayRecord, ResultRecord, RunRecord
from opscheck.history.amounts import shown_bytes, shown_span
from opscheck.history.pruning import Pruned
from opscheck.history.trends import (
    Availability,
    Flap,
    Percentiles,
    Regression,
    State,
    Warming,
    Worse,
    counts_of_days,
    percentiles_of_days,
)
from opscheck.report.visible import counted, milliseconds, visible


def columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; the last column is not padded."""
    cells = [[*head], *([visible(cell) for cell in row] for row in rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def run_rows(runs: Sequence[RunRecord]) -> list[str]:
    """Runs, one a line."""
    rows = [
        (
            one.id,
            one.started.strftime("%Y-%m-%d %H:%M:%SZ"),
            one.decision,
            ", ".join(one.hosts)[:40],
            ", ".join(f"{number} {outcome.value}" for outcome, number in one.counts.items()),
            f"{one.source} {one.window}".strip() + (", incomplete" if one.incomplete else ""),
        )
        for one in runs
    ]
    return columns(("run", "started", "decision", "hosts", "results", "source"), rows)


def share(ratio: float | None) -> str:
    """`99.95%`; a share that is not whole is never shown as 100%."""
    if ratio is None:
        return "-"
    return "100%" if ratio == 1 else f"{min(ratio, 0.9999):.2%}"


def seconds(value: float | None) -> str:
    """A latency."""
    return "-" if value is None else milliseconds(value * 1000)


def _latencies(found: Percentiles | None) -> tuple[str, str, str]:
    return (seconds(found.p50), seconds(found.p95), seconds(found.p99)) if found else ("-", "-", "-")


def grouped(days: Iterable[DayRecord]) -> dict[tuple[str, str, str], list[DayRecord]]:
    """Sums by host, check and test."""
    found: dict[tuple[str, str, str], list[DayRecord]] = {}
    for one in days:
        found.setdefault((one.host, one.check, one.test), []).append(one)
    return dict(sorted(found.items()))


def trend_rows(days: Sequence[DayRecord]) -> list[str]:
    """A line for each test."""
    rows = []
    for (host, check, test), mine in grouped(days).items():
        number = counts_of_days(mine)
        seen = number[State.UP] + number[State.DOWN]
        rows.append(
            (
                host,
                check,
                share(number[State.UP] / seen if seen else None),
                f"{number[State.UP]:,}",
                f"{number[State.DOWN]:,}",
                f"{number[State.UNSEEN]:,}",
                *_latencies(percentiles_of_days(mine)),
                short_test(test),
            )
        )
    return columns(("host", "check", "up", "good", "bad", "unseen", "p50", "p95", "p99", "test"), rows)


def day_rows(days: Sequence[DayRecord], since: date, until: date) -> list[str]:
    """A line for each day, also for those on which nothing was recorded."""
    by_day: dict[date, list[DayRecord]] = {}
    for one in days:
        by_day.setdefault(one.day, []).append(one)
    rows: list[tuple[str, ...]] = []
    for offset in range((until - since).days + 1):
        day = since + timedelta(days=offset)
        mine = by_day.get(day)
        if mine is None:
            rows.append((day.isoformat(), "nobody looked", "", "", "", "", "", ""))
            continue
        number = counts_of_days(mine)
        seen = number[State.UP] + number[State.DOWN]
        told = (f"{number[state]:,}" for state in (State.UP, State.DOWN, State.UNSEEN))
        rows.append(
            (
                day.isoformat(),
                share(number[State.UP] / seen if seen else None),
                *told,
                *_latencies(percentiles_of_days(mine)),
            )
        )
    return columns(("day", "up", "good", "bad", "unseen", "p50", "p95", "p99"), rows)


def short_test(test: str) -> str:
    """The test without its folders."""
    path, colons, name = test.partition("::")
    return path.rpartition("/")[2] + colons + name


def availability_line(found: Availability) -> str:
    """`up 99.31% of what was seen (29d 2h); down 4h 48m, not measured 12m, nobody looked 1h`."""
    parts = (("down", found.down), ("not measured", found.unseen), ("nobody looked", found.gap))
    told = [f"{word} {shown_span(timedelta(seconds=value))}" for word, value in parts if value]
    seen = shown_span(timedelta(seconds=found.up + found.down))
    return f"up {share(found.ratio)} of the {seen} that were seen" + (f"; {', '.join(told)}" if told else "")


def warming_line(found: Warming) -> str:
    """How long the model was loading."""
    whole, longest = (shown_span(timedelta(seconds=value)) for value in (found.seconds, found.longest))
    still = ", and it is loading now" if found.now else ""
    return f"the model was loading {counted(found.times, 'time')}, {whole} in all, {longest} at the longest{still}"


def flap_rows(found: Iterable[tuple[tuple[str, str, str], Sequence[Flap], ResultRecord | None]]) -> list[str]:
    """A line for each test that changed between good and bad."""
    rows = []
    for (host, check, test), changes, failing in found:
        last = changes[-1] if changes else None
        since = f"failing since {failing.at:%Y-%m-%d %H:%MZ}: {failing.reason}"[:100] if failing else "good now"
        when = f"{last.at:%Y-%m-%d %H:%MZ}" if last else "-"
        rows.append((host, check, str(len(changes)), when, since, short_test(test)))
    return columns(("host", "check", "changes", "the last", "now", "test"), rows)


def regression_lines(found: Sequence[Regression]) -> list[str]:
    """What a run does worse than its baseline."""
    lines = []
    for one in found:
        where = f"{one.before.host}  {one.before.check}"
        if one.after is None:
            lines.append(f"  gone     {where}: was {one.before.outcome.value}")
        elif one.worse is Worse.SLOWER:
            lines.append(f"  slower   {where}: {seconds(one.before.seconds)} before, {seconds(one.after.seconds)} now")
        else:
            told = f"{one.before.outcome.value} before, {one.after.outcome.value} now: {one.after.reason}"
            lines.append(f"  outcome  {where}: {told}")
    return [visible(line, 160) for line in lines]


def pruned_lines(found: Pruned, *, dry_run: bool) -> list[str]:
    """What went, or would."""
    would = "would go" if dry_run else "went"
    what = f"{counted(found.runs, 'run')} {would} entirely"
    what += f", the passes of {counted(found.passes, 'more run', 'more runs')}"
    what += f", {counted(found.days, 'sum by day', 'sums by day')}"
    size = f"{shown_bytes(found.size)} on disk" + (f" before, {shown_bytes(found.after)} now" if found.after else "")
    return [what, size, *([found.kept_back] if found.kept_back else [])]
