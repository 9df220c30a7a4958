"""The report as one HTML file: no script, no network, readable on paper and by a screen reader."""

from __future__ import annotations

from typing import Final

from opscheck.model import Outcome
from opscheck.report import html_sections, html_triage
from opscheck.report.causes import root_causes, unmeasured_alone
from opscheck.report.frame import Frame
from opscheck.report.html_parts import esc, fold, icon
from opscheck.report.html_result import Room, line, shown
from opscheck.report.html_sections import section
from opscheck.report.run import Result, RunReport
from opscheck.report.summary import Decision, headline
from opscheck.report.visible import counted

_CARDS: Final = 550_000  # characters that cards with full evidence may take,
_LINES: Final = 700_000  # and lines with their verdict, so that 2,000 results stay below 2 MB
_SYMBOLS: Final = {
    Decision.GO: Outcome.PASS,
    Decision.DEGRADED: Outcome.DEGRADED,
    Decision.FAIL: Outcome.FAIL,
    Decision.UNMEASURED: Outcome.UNMEASURED,
}
_SECTIONS: Final = {
    Outcome.FAIL: "failed",
    Outcome.UNMEASURED: "unmeasured",
    Outcome.BLOCKED: "unmeasured",
    Outcome.DEGRADED: "degraded",
    Outcome.WAIVED: "waived",
    Outcome.PASS: "passed",
    Outcome.NOT_APPLICABLE: "gaps",
}


def render(report: RunReport) -> str:
    """The whole page: the decision first, then what needs attention, passes folded, run data last."""
    room = Room(cards=_CARDS, lines=_LINES)
    symbol = _SYMBOLS[report.decision]
    decision, _, sentence = headline(report).partition(": ")
    return Frame(
        title=esc(f"{headline(report)} (opscheck {report.run.id})"),
        skip="results",
        brand="opscheck report",
        decision=decision,
        kind=symbol.name.lower(),
        symbol=icon(symbol),
        sentence=esc(sentence[:1].upper() + sentence[1:]),
        facts=_run(report),
        under=html_sections.tiles(report, _SECTIONS),
        main=_main(report, room),
        foot=f"{_left_out(room)} Secrets are masked. Written by opscheck {esc(report.run.version, 40)}.",
        version=esc(report.run.version, 40),
    ).render()


def _main(report: RunReport, room: Room) -> str:
    by = {outcome: [item for item in report.results if item.outcome is outcome] for outcome in Outcome}
    failed = shown(by[Outcome.FAIL], room)
    behind = html_sections.causes(root_causes(report.results), room)
    unmeasured = behind + shown(unmeasured_alone(report.results), room)
    parts = (
        section("likely", "Likely causes", html_triage.likely(report)),
        section("failed", "Failed", failed),
        section("unmeasured", "Could not be measured", unmeasured),
        section("degraded", "Degraded", shown(by[Outcome.DEGRADED], room)),
        section("waived", "Waived", shown(by[Outcome.WAIVED], room)),
        section("hosts", "Hosts", html_sections.hosts(report)),
        section("passed", "Passed", _passed(report, by[Outcome.PASS], room)),
        section("gaps", "Not applicable", html_sections.gaps(report)),
        section("latency", "Latency", html_sections.latency(report)),
        section("spent", "Spent", html_sections.spending(report)),
        section("notes", "Notes", html_sections.notes(report)),
    )
    return "\n".join(part for part in parts if part)


def _passed(report: RunReport, results: list[Result], room: Room) -> str:
    """Passes, folded by host."""
    hosts: dict[str, list[str]] = {host.name: [] for host in report.hosts}
    for result in results:
        hosts.setdefault(result.host, []).append(line(result, room))
    return "".join(
        fold(
            f"<b>{esc(host, 80)}</b> {counted(len(lines), 'check')} passed",
            f'<ul class="lines">{"".join(lines)}</ul>',
        )
        for host, lines in hosts.items()
        if lines
    )


def _run(report: RunReport) -> str:
    run = report.run
    words = (
        ("Started", f"<time>{run.started:%Y-%m-%d %H:%M:%S} {esc(run.started.tzname() or '', 20)}</time>"),
        ("Took", f"{run.seconds:,.1f} s"),
        ("Run", f"<code>{esc(run.id, 60)}</code>"),
        ("Hosts", esc(", ".join(host.name for host in report.hosts), 120)),
        ("Command", f"<code>{esc(' '.join(run.argv), 300)}</code>" if run.argv else ""),
    )
    return "".join(f"<div><dt>{name}</dt><dd>{text}</dd></div>" for name, text in words if text)


def _left_out(room: Room) -> str:
    told = "Passes carry their verdict and timing only; the JSON report of the same run has their full evidence."
    if not room.refused:
        return told
    return f"{told} {counted(room.refused, 'result')} that did not pass did not fit in full either."
