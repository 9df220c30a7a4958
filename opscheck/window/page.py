"""The report of a window as one HTML file: no script, no network, the decision first, fit for paper."""

from __future__ import annotations

import html
import json
from datetime import datetime
from typing import Final

from opscheck.model import Outcome
from opscheck.report import Decision
from opscheck.report.frame import Frame, resource
from opscheck.report.html_parts import esc, icon
from opscheck.report.html_result import Room
from opscheck.report.html_sections import section
from opscheck.window import page_sections as parts
from opscheck.window.account import Account
from opscheck.window.latency_plot import latency_plots
from opscheck.window.spans import duration
from opscheck.window.state import Window
from opscheck.window.timeline import timeline

_CARDS: Final = 450_000  # characters that cards with full evidence may take,
_LINES: Final = 600_000  # and lines with their verdict, so that 2,000 results stay below 2 MB
_SYMBOLS: Final = {
    Decision.GO: Outcome.PASS,
    Decision.DEGRADED: Outcome.DEGRADED,
    Decision.FAIL: Outcome.FAIL,
    Decision.UNMEASURED: Outcome.UNMEASURED,
}


def render(told: Account, *, made: datetime, version: str = "") -> str:
    """The whole page, as of a moment (aware), by a version of opscheck."""
    window, judged = told.window, told.judged
    room = Room(cards=_CARDS, lines=_LINES)
    symbol = _SYMBOLS[judged.decision]
    sentence = judged.sentence[:1].upper() + judged.sentence[1:]
    passes = "Passes carry their verdict and timing only; the kept runs have their full evidence."
    written = f"Written {made:%Y-%m-%d %H:%M:%S} UTC by opscheck {esc(version, 40)}"
    return Frame(
        title=esc(f"{judged.decision}: maintenance window {window.name}"),
        head=f'<meta name="opscheck-window" content="{_meta(window)}">\n',
        style=resource("page.css", "opscheck.window"),
        skip="checklist",
        brand="opscheck maintenance window",
        decision=judged.decision,
        kind=symbol.name.lower(),
        symbol=icon(symbol),
        sentence=esc(sentence),
        facts=_facts(window),
        under=parts.reasons(judged.reasons),
        main=_main(told, room, made),
        foot=f"{passes} Secrets are masked. {written}",
        version=esc(version, 40),
    ).render()


def _meta(window: Window) -> str:
    head = window.entries[-1]
    return html.escape(json.dumps({"name": window.name, "entries": head.number, "head": head.digest}))


def _facts(window: Window) -> str:
    rule = f"Emergency {window.incident}" if window.incident else window.rule
    lasted = f", after {duration(window.closed - window.opened)}" if window.closed else ""
    closed = f"{_stamp(window.closed)} by {esc(window.closed_by, 60)}{lasted}" if window.closed else "still open"
    words = (
        ("Window", f"<code>{esc(window.name, 80)}</code>"),
        ("Hosts", esc(", ".join(window.hosts), 160)),
        ("For", esc(window.reason, 200)),
        ("Schedule", esc(rule, 160)),
        ("Planned", f"{_stamp(window.span.start)} to {_stamp(window.span.end)}"),
        ("Opened", f"{_stamp(window.opened)} by {esc(window.opened_by, 60)}"),
        ("Closed", closed),
    )
    return "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in words if text)


def _stamp(at: datetime) -> str:
    return f"<time>{at:%Y-%m-%d %H:%M}</time> UTC"


def _main(told: Account, room: Room, made: datetime) -> str:
    window, after = told.window, told.after
    found = [
        section("checklist", "Checklist", parts.checklist(told.items)),
        section("timeline", "Timeline", timeline(window, made)),
        section("changes", "Before and after", parts.changes(told.compared) if told.compared else _lacking(told)),
    ]
    if after is not None:
        found += [
            section("failures", "Failures", parts.failures(after, told.compared, room)),
            section("degraded", "Degraded", parts.degraded(after, room)),
            section("waivers", "Waivers", parts.waivers(after)),
        ]
    found += [
        section("escalation", "Roles and escalation", parts.escalation(window)),
        section("rollback", "Rollback plan", parts.rollback(window)),
        section("latency", "Latency", latency_plots(told.before, after, told.compared)),
        section("configuration", "Configuration", parts.configuration(window)),
    ]
    if after is not None:
        found += [
            section("passed", "Passed", parts.everything(after, room)),
            section("gaps", "Not applicable", parts.gaps(after)),
        ]
    found.append(section("evidence", "Evidence", parts.evidence(window)))
    return "\n".join(one for one in found if one)


def _lacking(told: Account) -> str:
    word = "before" if told.before is None else "after"
    return f"<p>There is no run {word}, so there is nothing to compare.</p>"
