"""What the commands print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from opscheck.errors import OptionError
from opscheck.report import RunReport, headline
from opscheck.report.compare import Comparison, Kind
from opscheck.report.visible import counted, visible
from opscheck.window.account import account_of
from opscheck.window.calendar import Calendar
from opscheck.window.checklist import Judgement
from opscheck.window.log import Entry
from opscheck.window.spans import duration
from opscheck.window.state import KeptRun, Window, window_of
from opscheck.window.store import Store, folders_in
from opscheck.window.verify import Finding

_MOST: Final = 20  # lines of one kind


def stamp(at: datetime) -> str:
    """`2026-03-07 02:00 UTC`."""
    return f"{at:%Y-%m-%d %H:%M} UTC"


def opened(window: Window, folder: Path) -> Iterator[str]:
    """After a window was opened."""
    rule = f"emergency {window.incident}" if window.incident else window.rule
    hosts, end = ", ".join(window.hosts), stamp(window.span.end)
    yield f"window {window.name} is open for {hosts} until {end} ({visible(rule, 160)})"
    sources = sum(len(entry.data["sources"]) for entry in window.snapshots)
    yield f"kept in {folder}: {counted(sources, 'source')} of configuration, the rollback plan, the log"
    for remark in window.remarks:
        yield f"note: {visible(remark, 200)}"
    yield f"next: opscheck window run {window.name} --phase before"


def ran(report: RunReport, kept: KeptRun) -> str:
    """After a run."""
    more = f"; but it {kept.trouble}" if kept.trouble else ""
    return f"kept as the run {kept.phase} ({kept.file}): {headline(report)}{more}"


def compared(comparison: Comparison | None) -> Iterator[str]:
    """What changed from the run before to the run after."""
    if comparison is None:
        return
    yield f"against the run before: {comparison.headline()}"
    told = comparison.of(Kind.BROKE, Kind.LOST, Kind.WORSE, Kind.GONE, Kind.FIXED)
    for one in told[:_MOST]:
        reason = one.why or one.latest.reason
        yield f"  {one.kind}: {one.latest.check} on {one.latest.host}: {visible(reason, 160)}"
    if len(told) > _MOST:
        yield f"  {len(told) - _MOST} more in the report"
    for one in comparison.slower[:5]:
        times = f"{one.before_ms:.0f} ms before, {one.after_ms:.0f} ms after"
        yield f"  slower: {one.latest.check} on {one.latest.host}: {times}"
    for line in comparison.notes:
        yield f"  note: {visible(line, 200)}"


def noted(entry: Entry) -> str:
    """After an entry was logged."""
    return f"{entry.at:%H:%M:%S} UTC {entry.kind} by {visible(entry.by, 80)}: {visible(entry.data['text'], 160)}"


def closed(window: Window, judged: Judgement) -> Iterator[str]:
    """After a window was closed."""
    yield f"{judged.decision}: {judged.sentence}"
    lasted = duration((window.closed or window.opened) - window.opened)
    yield f"window {window.name} is closed after {lasted}"
    for reason in judged.reasons:
        yield f"  {visible(reason, 200)}"
    yield f"next: opscheck window report {window.name} --to report.html"


def looked_at(found: Sequence[Finding]) -> Iterator[str]:
    """After the evidence was looked at."""
    bad = [one for one in found if one.problem]
    for one in found:
        if one.problem:
            yield f"BAD  {one.name}: {one.problem}"
        else:
            yield f"ok   {one.name}{f' ({one.note})' if one.note else ''}"
    yield f"{counted(len(bad), 'piece')} of evidence cannot be relied on" if bad else "the evidence is as it was kept"


def overview(windows: Path, *, now: datetime) -> Iterator[str]:
    """All windows, the newest first."""
    rows = []
    for folder in folders_in(windows):
        store = Store(folder)
        try:
            log = store.read()
            window = window_of(log)
            state = f"log damaged: {log.broken}" if log.broken or window is None else _state(store, window, now)
        except (OptionError, KeyError, ValueError, TypeError) as error:
            window, state = None, f"cannot be read: {visible(error, 120)}"
        at = window.opened if window else None
        hosts = ", ".join(window.hosts) if window else "?"
        rows.append((at.isoformat() if at else "", f"{folder.name}  {stamp(at) if at else '?'}  {hosts}  {state}"))
    if not rows:
        yield f"no window is kept in {windows}"
    for _, line in sorted(rows, reverse=True):
        yield line


def _state(store: Store, window: Window, now: datetime) -> str:
    if window.closed is None:
        if now >= window.span.end:
            return f"OPEN, {duration(now - window.span.end)} beyond its end"
        return f"open, {duration(window.span.end - now)} left"
    judged = account_of(store, window).judged
    return f"closed {stamp(window.closed)}  {judged.decision}: {judged.sentence}"


def coming(calendar: Calendar, *, now: datetime, count: int) -> Iterator[str]:
    """When windows open."""
    if not calendar.schedules:
        yield 'no schedule: put [windows.weekly] schedule = "Saturday 02:00-06:00 UTC" into windows.toml'
        return
    current = calendar.current(now)
    if current is not None:
        yield f"now: {current.schedule.name}, until {stamp(current.span.end)}"
    freeze = calendar.frozen(now)
    if freeze is not None:
        yield f"now: {freeze}"
    slots = calendar.following(now, count)
    for slot in slots:
        zone = slot.schedule.zone
        local = "" if str(zone) == "UTC" else f", {slot.span.start.astimezone(zone):%a %H:%M} in {zone}"
        end = f"{slot.span.end:%H:%M}" if slot.span.end.date() == slot.span.start.date() else stamp(slot.span.end)[:-4]
        hosts = f", only {', '.join(slot.schedule.hosts)}" if slot.schedule.hosts else ""
        yield f"{slot.span.start:%a %Y-%m-%d %H:%M}-{end} UTC  {slot.schedule.name}{local}{hosts}"
        for remark in slot.remarks:
            yield f"  note: {remark}"
    if not slots:
        yield "no window within two years: every one falls into a freeze, or its dates are over"
    for one in calendar.freezes:
        if one.span.start > now:
            yield f"ahead: {one}"
