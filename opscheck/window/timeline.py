"""The window as a band of time, drawn as SVG, and as a list that says the same in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from opscheck.report.html_parts import esc
from opscheck.report.visible import counted
from opscheck.window.log import Entry
from opscheck.window.spans import Span, duration
from opscheck.window.state import Window

_WIDE: Final = 1000.0
_HIGH: Final = 54
_LEAST: Final = timedelta(minutes=1)
_SMALL: Final = 8  # times shorter than planned
_MOST: Final = 400  # entries that are listed
_STEPS: Final = [timedelta(minutes=one) for one in (0.25, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880)]
_TITLES: Final = {
    "opened": "Opened",
    "snapshot": "Configuration kept",
    "run": "Checks run",
    "step": "Step",
    "deviation": "Deviation",
    "report": "Report written",
    "closed": "Closed",
}


def timeline(window: Window, made: datetime) -> str:
    """The drawing with its axis, then the list of everything that happened."""
    whole = _whole(window, made)
    return f'<figure class="time">{_drawing(window, whole, made)}{_axis(whole)}{_legend()}</figure>{_listed(window)}'


def _whole(window: Window, made: datetime) -> Span:
    """What is drawn: all of the planned time, or, where it was open for a small part of it, that part with a margin."""
    until = window.closed or made
    whole = Span(min(window.opened, window.span.start), max(window.span.end, until, window.opened + _LEAST))
    used = max(until - window.opened, _LEAST)
    if used < whole.length / _SMALL:
        return Span(window.opened - used / 5, window.opened + used * 1.2)
    return whole


def _share(at: datetime, whole: Span) -> float:
    """How far into the drawing, 0 to 1."""
    return min(max((at - whole.start) / whole.length, 0.0), 1.0)


def _drawing(window: Window, whole: Span, made: datetime) -> str:
    until = window.closed or max(min(made, whole.end), window.opened)
    marks = "".join(_mark(entry, whole) for entry in window.entries if entry.kind in ("run", "step", "deviation"))
    return (
        f'<svg class="band" viewBox="0 0 {_WIDE:.0f} {_HIGH}" preserveAspectRatio="none" role="img" '
        f'aria-label="{_spoken(window)}">'
        f"{''.join(_line(at, whole) for at in ticks(whole))}"
        f"{_rect('t-planned', window.span, whole, (6, 42))}"
        f"{_rect('t-open', Span(window.opened, until), whole, (20, 14))}{marks}</svg>"
    )


def _rect(name: str, span: Span, whole: Span, place: tuple[int, int]) -> str:
    left, right = _share(span.start, whole) * _WIDE, _share(span.end, whole) * _WIDE
    top, high = place
    return f'<rect class="{name}" x="{left:.1f}" y="{top}" width="{max(right - left, 2):.1f}" height="{high}"/>'


def _mark(entry: Entry, whole: Span) -> str:
    x = min(max(_share(entry.at, whole) * _WIDE, 2.0), _WIDE - 2)
    top, bottom = (2, _HIGH - 2) if entry.kind == "run" else (10, 44)
    return f'<line class="t-{entry.kind}" x1="{x:.1f}" x2="{x:.1f}" y1="{top}" y2="{bottom}"/>'


def _line(at: datetime, whole: Span) -> str:
    x = _share(at, whole) * _WIDE
    return f'<line class="t-tick" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{_HIGH}"/>'


def ticks(whole: Span) -> list[datetime]:
    """Full times of the clock between start and end, at most five of them."""
    step = next((one for one in _STEPS if whole.length / one <= 5), whole.length / 4)
    seconds = step.total_seconds()
    midnight = whole.start.replace(hour=0, minute=0, second=0, microsecond=0)
    first = midnight + step * (((whole.start - midnight).total_seconds() // seconds) + 1)
    found = [first + step * number for number in range(6)]
    margin = whole.length * 0.06
    return [at for at in found if whole.start + margin < at < whole.end - margin]


def _axis(whole: Span) -> str:
    days = whole.start.date() != whole.end.date()
    form = "%a %H:%M" if days else "%H:%M" if whole.length > _SMALL * _LEAST else "%H:%M:%S"
    inner = "".join(f'<li style="left:{100 * _share(at, whole):.2f}%">{at:{form}}</li>' for at in ticks(whole))
    ends = f'<li class="first">{whole.start:{form}}</li>{inner}<li class="last">{whole.end:{form}}</li>'
    return f'<ul class="axis" aria-hidden="true">{ends}</ul>'


def _legend() -> str:
    parts = (("planned", "may be used"), ("open", "was open"), ("run", "checks run"), ("step", "step"))
    items = [f'<li><i class="k-{name}"></i>{word}</li>' for name, word in (*parts, ("deviation", "deviation"))]
    return f'<figcaption class="legend"><ul>{"".join(items)}</ul></figcaption>'


def _spoken(window: Window) -> str:
    closed = f"closed {window.closed:%H:%M}" if window.closed else "still open"
    length = duration(window.span.length)
    told = (
        f"May be used from {window.span.start:%H:%M} to {window.span.end:%H:%M} UTC, {length}; "
        f"opened {window.opened:%H:%M}, {closed}; {counted(len(window.steps), 'step')}, "
        f"{counted(len(window.deviations), 'deviation')}, {counted(len(window.runs), 'run')}, all listed."
    )
    return esc(told, 400)


def _listed(window: Window) -> str:
    items = list(_items(window.entries[:_MOST]))
    if len(window.entries) > _MOST:
        items.append(f"<li>{len(window.entries) - _MOST:,} more in the log</li>")
    return f'<ol class="events">{"".join(items)}</ol>'


def _items(entries: Sequence[Entry]) -> Iterator[str]:
    day = None
    for entry in entries:
        date = "" if day == entry.at.date() else f"{entry.at:%Y-%m-%d} "
        day = entry.at.date()
        yield (
            f'<li class="e-{esc(entry.kind, 20)}"><time datetime="{entry.at.isoformat(timespec="seconds")}">{date}'
            f"{entry.at:%H:%M:%S}</time><b>{_TITLES.get(entry.kind, esc(entry.kind, 40))}</b>"
            f'<span>{_said(entry)} <span class="on">by {esc(entry.by, 80)}</span></span></li>'
        )


def _said(entry: Entry) -> str:
    data = entry.data
    if entry.kind in ("step", "deviation"):
        return esc(data.get("text", ""), 1000)
    if entry.kind == "run":
        return esc(f"{data.get('phase')}: {data.get('headline')}", 240)
    if entry.kind == "snapshot":
        changed = data.get("changed")
        told = "" if changed is None else "; ".join(changed) or "nothing changed"
        sources = counted(len(data.get("sources", ())), "source")
        return esc(f"{data.get('label')}: {sources}{told and ', ' + told}", 600)
    if entry.kind == "opened":
        rule = f"emergency {data.get('incident')}" if data.get("incident") else data.get("rule", "")
        return esc(f"for {', '.join(data.get('hosts', ()))}; {rule}", 300)
    if entry.kind == "closed":
        return esc(f"summary posted to {data.get('communicated', '')}", 300)
    return esc(str(data.get("path", "")).rpartition("/")[2], 160)
