"""The hosts on the status page: what each is like now, and how it has been."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote

from opscheck.model import Outcome
from opscheck.report.html_parts import WORDS, esc
from opscheck.report.visible import counted
from opscheck.watch.drawing import bars, share, sparkline
from opscheck.watch.past import DAYS, Line, Past, added, day_number, slot_number
from opscheck.watch.problems import Place
from opscheck.watch.view import Now, View

_LEGEND: Final = (
    ("good", "good"),
    ("bad", "failures"),
    ("unseen", "could not be measured"),
    ("waived", "waived"),
    ("gap", "no samples"),
)


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """One check of a host.

    Attributes:
        now: of the last round; None where that did not ask for it.
        days: its samples by day, the oldest first, three counts each.
        latency: sums of seconds and how many, by half hour.
    """

    name: str
    now: Now | None
    days: array[int]
    latency: Sequence[tuple[float, int]]


@dataclass(frozen=True, slots=True)
class Shown:
    """One host with its checks, and all of them together.

    Attributes:
        days, slots: samples by day and by half hour, the oldest first, three counts each.
        latency: sums of seconds and how many, by half hour.
    """

    name: str
    checks: Sequence[ShownCheck]
    days: array[int]
    slots: array[int]
    latency: Sequence[tuple[float, int]]

    @property
    def gravest(self) -> Outcome | None:
        """Of its checks in the last round."""
        outcomes = [one.now.outcome for one in self.checks if one.now is not None]
        return min(outcomes, key=lambda one: one.gravity, default=None)


def shown(past: Past, view: View, only: str = "") -> list[Shown]:
    """The hosts with what is known of them, those in trouble first; the caller holds the past's lock.

    History knows hosts of other runs as well: those are shown only as long as the watch has had no round.
    """
    by_host: dict[str, list[tuple[str, Line]]] = {}
    for (host, check), line in past.lines.items():
        if only in ("", host) and (not view.hosts or host in view.hosts):
            by_host.setdefault(host, []).append((check, line))
    found = [_shown(host, sorted(lines, key=lambda one: one[0]), view.now, view.at) for host, lines in by_host.items()]
    return sorted(found, key=lambda one: (one.gravest.gravity if one.gravest else len(Outcome), one.name))


def _shown(host: str, lines: Sequence[tuple[str, Line]], now: Mapping[Place, Now], at: datetime) -> Shown:
    day, slot = day_number(at), slot_number(at)
    checks = [
        ShownCheck(check, now.get((host, check)), line.days.until(day), line.latency.until(slot))
        for check, line in lines
    ]
    together = [
        (sum(total for total, _ in same), sum(number for _, number in same))
        for same in zip(*(one.latency for one in checks), strict=True)
    ]
    slots = added([line.slots.until(slot) for _, line in lines])
    return Shown(host, checks, added([one.days for one in checks]), slots, together)


def legend() -> str:
    """What the colours say."""
    items = "".join(f'<li><i class="{kind}"></i>{word}</li>' for kind, word in _LEGEND)
    return f'<ul class="legend">{items}</ul>'


def host_card(host: Shown, *, inline: bool, folded: bool) -> str:
    """A host: now, 90 days, 24 hours, latency; its checks inline, folded, or on a page of their own.

    Args:
        inline: the checks are shown at once.
        folded: the checks are there, and open on demand; else there is a link.
    """
    tone = host.gravest.name.lower() if host.gravest else "none"
    rows = (
        _row(
            f"{DAYS} days",
            f'<div class="bar">{bars(host.days, "day")}</div><span class="how">{share(host.days)}</span>',
        )
        + _row(
            "24 hours",
            f'<div class="bar">{bars(host.slots, "half hour")}</div><span class="how">{share(host.slots)}</span>',
        )
        + _row("Latency", _line(host.latency))
    )
    checks = "".join(_check(one) for one in _in_order(host.checks))
    listed = f'<ul class="checks">{checks}</ul>'
    told = counted(len(host.checks), "check")
    if inline:
        more = listed
    elif folded:
        more = f"<details{' open' if tone == 'fail' else ''}><summary>{told}</summary>{listed}</details>"
    else:
        more = f'<p class="meta"><a href="/host/{quote(host.name, safe="")}">{told}</a></p>'
    return (
        f'<article class="card host {tone}"><div class="head"><h3>{esc(host.name, 120)}</h3>'
        f"{_counts(host)}</div>{rows}{more}</article>"
    )


def _row(what: str, drawn: str) -> str:
    return f'<div class="row"><span class="what">{what}</span>{drawn}</div>'


def _in_order(checks: Sequence[ShownCheck]) -> list[ShownCheck]:
    return sorted(checks, key=lambda one: (one.now.outcome.gravity if one.now else len(Outcome), one.name))


def _counts(host: Shown) -> str:
    found = Counter(one.now.outcome for one in host.checks if one.now is not None)
    parts = [
        f'<span class="count {outcome.name.lower()}">{found[outcome]} {WORDS[outcome].lower()}</span>'
        for outcome in Outcome
        if found[outcome]
    ]
    return " ".join(parts) or '<span class="count none">not in the last round</span>'


def _line(latency: Sequence[tuple[float, int]]) -> str:
    drawn = sparkline(latency)
    svg, closed, value = drawn.partition("</svg>")
    if not closed:
        return f'<div class="bar">{drawn}</div><span class="how"></span>'
    return f'<div class="bar">{svg}{closed}</div><span class="how">{value}</span>'


def _check(check: ShownCheck) -> str:
    now = check.now
    tone = now.outcome.name.lower() if now else "none"
    word = WORDS[now.outcome] if now else "Not in the last round"
    why = f'<span class="why">{esc(now.reason, 240)}</span>' if now and now.reason else ""
    return (
        f'<li><span class="name"><b>{esc(check.name, 80)}</b><span class="count {tone}">{word}</span></span>'
        f'<div class="bar">{bars(check.days, "day")}</div><span class="how">{share(check.days)}</span>'
        f"{_line(check.latency)}{why}</li>"
    )
