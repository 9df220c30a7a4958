"""The sections of the HTML report about the run as a whole: counts, hosts, latency, spending and gaps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from opscheck.model import Outcome
from opscheck.report.causes import RootCause
from opscheck.report.html_parts import WORDS, badge, esc, fold, icon, linked, table
from opscheck.report.html_result import Room, shown
from opscheck.report.latency import latency_by_host
from opscheck.report.run import Result, RunReport
from opscheck.report.summary import counts, counts_by_host
from opscheck.report.visible import counted, milliseconds

_MOST_BEHIND: Final = 400
_MOST_GAPS: Final = 400
_NONE: Final = '<span class="quiet">0</span>'


def section(name: str, title: str, body: str) -> str:
    """A titled section; empty where there is nothing to tell."""
    if not body:
        return ""
    return f'<section id="{name}" aria-labelledby="{name}-title"><h2 id="{name}-title">{title}</h2>{body}</section>'


def tiles(report: RunReport, targets: dict[Outcome, str]) -> str:
    """How many results have each outcome, each a link to where they are told."""
    found = counts(report.results)
    items = []
    for outcome in Outcome:
        number = found.get(outcome, 0)
        if outcome is Outcome.NOT_APPLICABLE:
            number += len(report.gaps)
        inner = f"{icon(outcome)}<b>{number:,}</b> <span>{WORDS[outcome]}</span>"
        kind = outcome.name.lower() if number else "none"
        target = targets.get(outcome)
        body = f'<a href="#{target}">{inner}</a>' if number and target else f"<span>{inner}</span>"
        items.append(f'<li class="tile {kind}">{body}</li>')
    return f'<ul class="tiles" aria-label="Results by outcome">{"".join(items)}</ul>'


def hosts(report: RunReport) -> str:
    """The hosts: what each is, and its results by outcome."""
    seen = list(counts(report.results))
    by_host = counts_by_host(report.results)
    rows = []
    for host in report.hosts:
        mine = by_host.get(host.name, {})
        kind = esc(host.kind, 40) + (' <span class="tag">sensitive</span>' if host.sensitive else "")
        numbers = [f"{mine[outcome]:,}" if outcome in mine else _NONE for outcome in seen]
        rows.append([esc(host.name, 80), kind, esc(host.system, 80), *numbers])
    head = ["Host", "Kind", "System", *(WORDS[outcome] for outcome in seen)]
    return table("Results by host", head, rows, texts=3) if rows else ""


def causes(found: Sequence[RootCause], room: Room) -> str:
    """Each root cause, with what stood blocked behind it folded together."""
    return "".join(_cause(cause, room) for cause in found)


def _cause(cause: RootCause, room: Room) -> str:
    told = shown(cause.roots, room, 4) if cause.roots else f'<p class="reason">{esc(cause.reason, 400)}</p>'
    if cause.remedy and not cause.roots:
        told += f"<p>Next step: {linked(cause.remedy, 400)}</p>"
    return (
        f'<div class="cause"><h3><span class="vh">Root cause </span>{esc(cause.id, 120)}'
        f' <span class="quiet">{counted(len(cause.blocked), "check")} blocked behind it</span></h3>'
        f"{told}{_behind(cause.blocked)}</div>"
    )


def _behind(blocked: Sequence[Result]) -> str:
    if not blocked:
        return ""
    items = [
        f"<li>{esc(result.promise or result.check, 160)} <code>{esc(result.check, 80)}</code> "
        f'<span class="on">on {esc(result.host, 60)}</span></li>'
        for result in blocked[:_MOST_BEHIND]
    ]
    if len(blocked) > _MOST_BEHIND:
        items.append(f"<li>{len(blocked) - _MOST_BEHIND:,} more in the JSON report</li>")
    title = f"{badge(Outcome.BLOCKED)} {counted(len(blocked), 'check')} not asked because of this"
    return fold(title, f'<ul class="behind">{"".join(items)}</ul>')


def latency(report: RunReport) -> str:
    """Median, 95th percentile and slowest exchange by host."""
    found = latency_by_host(report.results)
    slowest = max((item.slowest for item in found.values()), default=0.0)
    rows = [
        [
            esc(host, 80),
            f"{item.exchanges:,}",
            milliseconds(item.median),
            milliseconds(item.p95),
            milliseconds(item.slowest),
            _spread(item.median, item.p95, item.slowest, slowest),
        ]
        for host, item in found.items()
    ]
    head = ["Host", "Exchanges", "Median", "95th percentile", "Slowest", "Median, 95th, slowest"]
    return table("Latency by host", head, rows) if rows else ""


def _spread(median: float, p95: float, slowest: float, whole: float) -> str:
    """The three as nested bars on one scale for all hosts."""
    bars = "".join(
        f'<rect class="{name}" width="{100 * value / (whole or 1):.1f}" height="8"/>'
        for name, value in (("l-slowest", slowest), ("l-p95", p95), ("l-median", median))
    )
    return f'<svg class="spread" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">{bars}</svg>'


def spending(report: RunReport) -> str:
    """Requests and tokens by host, against the budget."""
    rows = []
    for host, spent in sorted(report.spent.items()):
        share = spent.tokens / spent.budget_tokens if spent.budget_tokens else 0.0
        used = f"{100 * share:.0f} %" if spent.budget_tokens else ""
        budget = f"{spent.budget_tokens:,}" if spent.budget_tokens else "none"
        mark = f'<strong class="again">{used}</strong>' if share > 1 else used
        rows.append([esc(host, 80), f"{spent.requests:,}", f"{spent.tokens:,}", budget, mark])
    head = ["Host", "Requests", "Tokens", "Token budget", "Used"]
    return table("Requests and tokens by host", head, rows) if rows else ""


def gaps(report: RunReport) -> str:
    """Checks that did not apply: what this run says nothing about."""
    rest = [result for result in report.results if result.outcome is Outcome.NOT_APPLICABLE]
    told = [(gap.id, gap.why) for gap in report.gaps] + [(item.id, item.reason) for item in rest]
    if not told:
        return ""
    items = [f"<li><code>{esc(name, 160)}</code> <span>{esc(why)}</span></li>" for name, why in told[:_MOST_GAPS]]
    if len(told) > _MOST_GAPS:
        items.append(f"<li>{len(told) - _MOST_GAPS:,} more in the JSON report</li>")
    title = f"{counted(len(told), 'check')} did not apply: this run says nothing about what they promise"
    return fold(title, f'<ul class="gaps">{"".join(items)}</ul>', opened=len(told) <= 12)


def notes(report: RunReport) -> str:
    """What else a reader should know."""
    items = [f"<li>{linked(note, 400)}</li>" for note in report.notes[:100]]
    return f"<ul>{''.join(items)}</ul>" if items else ""
