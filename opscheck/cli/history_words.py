"""History in plain text: tables that fit a terminal, and are whole where they are piped."""

from __future__ import annotations

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

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
from opscheck.report.run import RunReport
from opscheck.report.terminal import summary_lines
from opscheck.report.visible import counted, cut, milliseconds, visible

LEGEND: Final = "good% = good of good + bad; waived and unseen (not measured) count as neither"
_COUNTS: Final = ("good%", "good", "bad", "waived", "unseen", "p50", "p95", "p99")


def terminal_width() -> int:
    """Columns of the terminal; 0, which is no limit, where the output goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def fitted(head: Sequence[str], rows: Sequence[Sequence[str]], *, tail: int, width: int) -> list[str]:
    """A table; where it is wider than the terminal, the last columns stand below each row, whole.

    Args:
        tail: how many columns these are.
        width: of the terminal; 0 is no limit.
    """
    whole = columns(head, rows)
    if not width or max(map(len, whole)) <= width:
        return whole
    first, *others = columns(head[:-tail], [row[:-tail] for row in rows])
    lines = [first]
    for line, row in zip(others, rows, strict=True):
        lines.append(line)
        for cell in row[-tail:]:
            lines += textwrap.wrap(
                visible(cell),
                width,
                initial_indent="    ",
                subsequent_indent="      ",
                break_long_words=False,  # a name is copied whole; the terminal breaks its line
                break_on_hyphens=False,
            )
    return lines


def columns(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; the last column is not padded."""
    cells = [[*head], *([visible(cell) for cell in row] for row in rows)]
    widths = [max(len(row[index]) for row in cells) for index in range(len(head))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in cells]


def run_rows(runs: Sequence[RunRecord], width: int = 0) -> list[str]:
    """Runs, one a line; in a terminal of `width` columns a long list of hosts is cut."""
    rows = [
        (
            one.id,
            one.started.strftime("%Y-%m-%d %H:%M:%SZ"),
            one.decision,
            cut(", ".join(one.hosts), 40) if width else ", ".join(one.hosts),
            ", ".join(f"{number} {outcome.value}" for outcome, number in one.counts.items()),
            f"{one.source} {one.window}".strip() + _incomplete(one, width),
        )
        for one in runs
    ]
    return columns(("run", "started", "decision", "hosts", "results", "source"), rows)


def _incomplete(run: RunRecord, width: int) -> str:
    """That it is; of one without results why, for nothing else tells."""
    if not run.incomplete:
        return ""
    return ", incomplete" + ("" if run.counts else f": {cut(run.incomplete, 60) if width else run.incomplete}")


def report_lines(report: RunReport) -> list[str]:
    """One run: when it was, why not everything was judged, and its summary."""
    head = f"run {visible(report.run.id)}, {report.run.started:%Y-%m-%d %H:%M:%SZ}"
    why = [f"incomplete: {visible(report.incomplete, 300)}"] if report.incomplete else []
    return [head, *why, *summary_lines(report)]


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


def _counted(days: Sequence[DayRecord]) -> tuple[str, ...]:
    """The cells of `_COUNTS`."""
    number = counts_of_days(days)
    seen = number[State.UP] + number[State.DOWN]
    told = (f"{number[state]:,}" for state in (State.UP, State.DOWN, State.WAIVED, State.UNSEEN))
    return (share(number[State.UP] / seen if seen else None), *told, *_latencies(percentiles_of_days(days)))


def trend_rows(days: Sequence[DayRecord], width: int = 0) -> list[str]:
    """A line for each test, whole or as a terminal of `width` columns takes it."""
    rows = [(host, check, *_counted(mine), short_test(test)) for (host, check, test), mine in grouped(days).items()]
    return fitted(("host", "check", *_COUNTS, "test"), rows, tail=1, width=width)


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
            rows.append((day.isoformat(), "nobody looked", *[""] * (len(_COUNTS) - 1)))
        else:
            rows.append((day.isoformat(), *_counted(mine)))
    return columns(("day", *_COUNTS), rows)


def short_test(test: str) -> str:
    """The test without its folders."""
    path, colons, name = test.partition("::")
    return path.rpartition("/")[2] + colons + name


def availability_line(found: Availability) -> str:
    """`up 99.31% of the 29d 2h that were seen; down 4h 48m, waived 3h, not measured 12m, nobody looked 1h`."""
    parts = (
        ("down", found.down),
        ("waived", found.waived),
        ("not measured", found.unseen),
        ("nobody looked", found.gap),
    )
    told = [f"{word} {shown_span(timedelta(seconds=value))}" for word, value in parts if value]
    seen = shown_span(timedelta(seconds=found.up + found.down))
    return f"up {share(found.ratio)} of the {seen} that were seen" + (f"; {', '.join(told)}" if told else "")


def warming_line(found: Warming) -> str:
    """How long the model was loading."""
    whole, longest = (shown_span(timedelta(seconds=value)) for value in (found.seconds, found.longest))
    still = ", and it is loading now" if found.now else ""
    return f"the model was loading {counted(found.times, 'time')}, {whole} in all, {longest} at the longest{still}"


class Troubled(NamedTuple):
    """A test that changed between good and bad, or is failing.

    Attributes:
        key: host, check, test.
        failing: its first failure, where it is failing.
        now: what it is by the latest that was seen.
        unseen: since the latest that was seen there were only results that could not be measured; when that was.
    """

    key: tuple[str, str, str]
    changes: Sequence[Flap]
    failing: ResultRecord | None
    now: State
    unseen: datetime | None


def flap_rows(found: Iterable[Troubled], width: int = 0) -> list[str]:
    """A line for each test that changed between good and bad, whole or as a terminal of `width` columns takes it."""
    rows = []
    for (host, check, test), changes, failing, now, unseen in found:
        when = f"{changes[-1].at:%Y-%m-%d %H:%MZ}" if changes else "-"
        word = "waived" if now is State.WAIVED else "good"
        since = f"failing since {failing.at:%Y-%m-%d %H:%MZ}" if failing else f"{word} now"
        if unseen:
            told = since if failing else f"{word} before"
            since = f"not seen since {unseen:%Y-%m-%d %H:%MZ}, {told}"
        rows.append((host, check, str(len(changes)), when, since, short_test(test), failing.reason if failing else ""))
    return fitted(("host", "check", "changes", "last change", "now", "test", "reason"), rows, tail=2, width=width)


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
    """What went, or would; where it would be too large first that, for then more goes than the ages tell."""
    would = "would go" if dry_run else "went"
    nothing = not (found.runs or found.passes or found.days)
    what = f"{counted(found.runs, 'run')} {would} entirely"
    what += f", the passes of {counted(found.passes, 'more run', 'more runs')}"
    what += f", {counted(found.days, 'sum by day', 'sums by day')}"
    young = "nothing is older than it is to be kept"
    ages = [shown_span(span) for span in (found.keep_passes, found.keep_failures, found.keep_failures * 4)]
    kept = f"passes for {ages[0]}, failures for {ages[1]}, sums by day for {ages[2]}"
    size = f"on disk: {shown_bytes(found.size)}"
    if dry_run and found.max_size and found.size > found.max_size:
        by_age = f"by age: {young if nothing else what}"
        return [_too_large(found, by_age=not nothing), by_age, f"kept at most: {kept}", size]
    size += f" before, {shown_bytes(found.after)} after" if found.after is not None else ""
    kept += ", shorter than asked, for the size" if found.shortened else ""
    return [f"nothing {would}: {young}" if nothing else what, f"kept: {kept}", size, *_size_lines(found)]


def _too_large(found: Pruned, *, by_age: bool) -> str:
    """That more would go, which nobody can count before it is done."""
    goes = "what is too old would go and, if it still does not fit, more of the oldest" if by_age else "the oldest"
    would = "" if by_age else " would go"
    limit = shown_bytes(found.max_size)
    return f"larger than --max-size {limit}: {goes}{would}, until it fits or only the newest days are left"


def _size_lines(found: Pruned) -> list[str]:
    """What a limit of the size comes to."""
    limit = f"--max-size {shown_bytes(found.max_size)}"
    if not found.max_size:
        return []
    return [f"still larger than {limit}: {found.kept_back}" if found.kept_back else f"within {limit}"]
