"""The report as Markdown: for a step summary, a ticket or a merge request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from opscheck.model import Outcome
from opscheck.report.causes import RootCause, root_causes, unmeasured_alone
from opscheck.report.run import Result, RunReport
from opscheck.report.summary import counts, counts_by_host, headline
from opscheck.report.terminal import phases_line, telling_exchange
from opscheck.report.visible import counted, visible
from opscheck.report.waived import waived_results, waiver_line

_LONGEST: Final = 240
_MOST: Final = 50  # of a section: a step summary has a cap of its own
_MASK: Final = re.compile(r"&#91;secret((?: (?:[A-Za-z0-9-]|&#95;){1,60})?)&#93;(?![(\[:&])")  # no link
_MEANING: Final = re.compile(r"[\\`*_\[\]~|#!]")


def plain(text: object, width: int = _LONGEST) -> str:
    """The text so that Markdown shows it as it is: no markup, no link, no mention."""
    shown = visible(text, width).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    shown = _MEANING.sub(lambda match: f"&#{ord(match.group())};", shown)
    shown = _MASK.sub(lambda match: f"[secret{match[1].replace('&#95;', '_')}]", shown)
    return shown.replace("://", "&#58;//").replace("@", "&#64;").replace("www.", "www&#46;")


def code(text: object, width: int = _LONGEST) -> str:
    """The text as a code span, whatever backticks it has of its own; a table takes `plain` instead."""
    shown = visible(text, width)
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if longest else ""
    return f"{fence}{pad}{shown}{pad}{fence}" if shown else ""


def render(report: RunReport) -> str:
    """The decision, what stands behind it, and the gaps of coverage; passes are only counted."""
    by = {outcome: [item for item in report.results if item.outcome is outcome] for outcome in Outcome}
    parts = [
        f"# opscheck: {plain(headline(report))}",
        _run_line(report),
        _hosts(report),
        _likely(report),
        _causes(root_causes(report.results)),
        _failures("Failed", by[Outcome.FAIL]),
        _failures("Not measured", unmeasured_alone(report.results)),
        _listed("Degraded", by[Outcome.DEGRADED]),
        _waived(report),
        _gaps(report),
        _spent(report),
        _section("Notes", [f"- {plain(note)}" for note in report.notes]),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _section(title: str, lines: Sequence[str]) -> str:
    if not lines:
        return ""
    more = [f"- {len(lines) - _MOST:,} more in the JSON report"] if len(lines) > _MOST else []
    return "\n".join([f"## {title}", "", *lines[:_MOST], *more])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], texts: int = 1) -> str:
    rule = [":---" if column < texts else "---:" for column in range(len(head))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (head, rule, *rows))


def _run_line(report: RunReport) -> str:
    run = report.run
    started = run.started.strftime("%Y-%m-%d %H:%M:%S %Z")
    return f"Run {code(run.id, 60)}, {started}, {run.seconds:.1f} s, opscheck {plain(run.version, 20)}"


def _hosts(report: RunReport) -> str:
    by_host = counts_by_host(report.results)
    seen = list(counts(report.results))
    rows = []
    for host in report.hosts[:_MOST]:
        found = by_host.get(host.name, {})
        kind = f"{host.kind}, sensitive" if host.sensitive else host.kind
        texts = [plain(text, 60) for text in (host.name, kind, host.system)]
        rows.append([*texts, *(str(found.get(outcome, 0)) for outcome in seen)])
    more = len(report.hosts) - _MOST
    head = ["Host", "Kind", "System", *(outcome.value for outcome in seen)]
    told = f"\n\n{counted(more, 'more host')} in the JSON report." if more > 0 else ""
    return _table(head, rows, 3) + told if rows else ""


def _causes(causes: Sequence[RootCause]) -> str:
    lines = []
    for cause in causes:
        behind = f" ({counted(len(cause.blocked), 'check')} blocked behind it)" if cause.blocked else ""
        remedy = f" Next step: {plain(cause.remedy)}" if cause.remedy else ""
        lines.append(f"- **{plain(cause.id, 60)}**{behind}: {plain(cause.reason)}{remedy}")
    return _section("Root causes", lines)


def _failures(title: str, results: Sequence[Result]) -> str:
    if not results:
        return ""
    blocks = [_failure(result) for result in results[:_MOST]]
    if len(results) > _MOST:
        blocks.append(f"{len(results) - _MOST:,} more in the JSON report.")
    return "\n\n".join([f"## {title}", *blocks])


def _failure(result: Result) -> str:
    shown = telling_exchange(result)
    facts = (
        ("Where", code(shown.get("where", ""))),
        ("Reason", plain(result.reason)),
        ("Expected", code(result.expected)),
        ("Got", code(result.observed)),
        ("Phases", plain(phases_line(shown))),
        ("Likely cause", plain(result.likely_cause)),
        ("Next step", plain(result.remedy)),
        ("Again", code(result.curl, 1000)),
    )
    lines = [f"- {name}: {text}" for name, text in facts if text]
    if result.attempts > 1:
        lines.append(f"- Attempts: {result.attempts}")
    title = f"### {plain(result.check, 80)} on {plain(result.host, 60)}"
    return "\n".join([title, "", *([plain(result.promise), ""] if result.promise else []), *lines])


def _listed(title: str, results: Sequence[Result]) -> str:
    lines = [
        f"- **{plain(result.check, 80)}** on {plain(result.host, 60)}: {plain(result.reason)}" for result in results
    ]
    return _section(title, lines)


def _waived(report: RunReport) -> str:
    lines = [
        f"- **{plain(waiver.get('check', result.check), 80)}** on {plain(result.host, 60)}: "
        f"{plain(waiver_line(waiver))}. {plain(result.reason)}"
        for result, waiver in waived_results(report.results)
    ]
    bare = [result for result in report.results if result.outcome is Outcome.WAIVED and not result.waivers]
    lines += [f"- **{plain(item.check, 80)}** on {plain(item.host, 60)}: {plain(item.reason)}" for item in bare]
    return _section("Waived", lines)


def _likely(report: RunReport) -> str:
    if not report.triage:
        return ""
    lines = []
    for cause in report.triage.causes:
        on = cause.hosts[0] if len(cause.hosts) == 1 else counted(len(cause.hosts), "host")
        told = (
            ("Confirm", code(cause.confirm, 1000)),
            ("Next step", plain(cause.remedy)),
            ("Runbook", plain(cause.runbook)),
            ("Escalate", plain(cause.escalate)),
        )
        head = f"- **{plain(cause.title, 120)}** on {plain(on, 60)}, explains {counted(cause.explained, 'result')}"
        lines.append(f"{head}: {plain(cause.cause)}" + "".join(f"\n  - {name}: {text}" for name, text in told if text))
    checks = {result.id: f"{result.check} on {result.host}" for result in report.results}
    left = [f"- Unexplained: {plain(checks.get(name, name), 160)}" for name in report.triage.unexplained]
    return _section("Likely causes", [*lines, *left])


def _gaps(report: RunReport) -> str:
    return _section("Not applicable", [f"- {code(gap.id, 120)}: {plain(gap.why)}" for gap in report.gaps])


def _spent(report: RunReport) -> str:
    rows = [
        [
            plain(host, 60),
            f"{spent.requests:,}",
            f"{spent.tokens:,}",
            f"{spent.budget_tokens:,}" if spent.budget_tokens else "none",
        ]
        for host, spent in sorted(report.spent.items())[:_MOST]
    ]
    table = _table(["Host", "Requests", "Tokens", "Token budget"], rows) if rows else ""
    return f"## Spent\n\n{table}" if table else ""
