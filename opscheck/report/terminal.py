"""What the terminal shows: a failure in at most twelve lines, and the summary of a run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from opscheck.model import Outcome
from opscheck.report.causes import root_causes
from opscheck.report.latency import PHASES, phases_of
from opscheck.report.run import Result, RunReport
from opscheck.report.summary import counts, counts_by_host, headline
from opscheck.report.triage import LikelyCause, Triage
from opscheck.report.visible import counted, milliseconds, visible
from opscheck.report.waived import NOT_IN_ORDER, waived_results, waiver_line

_LABEL: Final = 11
_LONGEST_CURL: Final = 1000  # a curl line that was cut could not be pasted: a longer one is left out
_MOST_HOSTS: Final = 20
_MOST_REASONS: Final = 4
_MOST_DEGRADED: Final = 8
_MOST_CAUSES: Final = 6
_MOST_NOTES: Final = 5
_MOST_LIKELY: Final = 3
_MOST_WAIVED: Final = 4
_MOST_NAMED: Final = 4
_LONGEST_WRONG: Final = 600  # of a waiver that is not in order: all that is wrong with it, and what to do, in one line
_SHORT: Final = {
    Outcome.FAIL: "fail",
    Outcome.UNMEASURED: "unmeas",
    Outcome.BLOCKED: "blocked",
    Outcome.DEGRADED: "degr",
    Outcome.WAIVED: "waived",
    Outcome.PASS: "pass",
}


def phases_line(exchange: Mapping[str, object]) -> str:
    """`dns 1 ms, connect 2 ms, first byte 30 ms, total 31 ms`; empty where nothing was timed."""
    return ", ".join(f"{PHASES[name]} {milliseconds(value)}" for name, value in phases_of(exchange).items())


def telling_exchange(result: Result) -> Mapping[str, object]:
    """The exchange a result is shown with: the first that was seen, or where nothing could be, was not."""
    blind = result.outcome in {Outcome.UNMEASURED, Outcome.BLOCKED}
    telling = [item for item in result.evidence if (item.get("kind") == "unmeasured") is blind]
    return next(iter((*telling, *result.evidence)), {})


def failure_text(result: Result, *, width: int = 100) -> str:
    """A failure in at most twelve lines: what, where, expected, got, how long, why, what next, and curl."""
    shown = telling_exchange(result)
    title = f"{result.outcome.value} {result.check} on {result.host}"
    tried = f", {result.attempts} attempts" if result.attempts > 1 else ""
    labelled = (
        ("promise", result.promise),
        ("where", shown.get("where", "")),
        ("reason", result.reason),
        ("expected", result.expected),
        ("got", result.observed or shown.get("summary", "")),
        ("phases", phases_line(shown) + tried if phases_line(shown) else tried.removeprefix(", ")),
        ("cause", result.cause),
        ("likely", result.likely_cause),
        ("next", result.remedy),
    )
    lines = [visible(title, width)]
    lines += [visible(f"  {name:<{_LABEL - 2}}{text}", width) for name, text in labelled if text]
    if result.curl and len(result.curl) <= _LONGEST_CURL:
        lines.append(f"  {'again':<{_LABEL - 2}}{visible(result.curl)}")
    return "\n".join(lines)


def summary_lines(report: RunReport, *, width: int = 100) -> list[str]:
    """The end of a run: hosts, causes, waivers, gaps of coverage, what was spent, and the decision last."""
    lines = [visible(line, width) for line in (*_hosts(report), *_causes(report), *_waived(report))]
    lines += [visible(line, max(width, _LONGEST_WRONG)) for line in _not_in_order(report)]
    rest = [*_degraded(report), *_gaps(report, width), *_spent(report)]
    rest += [f"note: {note}" for note in report.notes[:_MOST_NOTES]]
    if len(report.notes) > _MOST_NOTES:
        rest.append(f"note: {len(report.notes) - _MOST_NOTES} more in the report")
    totals = ", ".join(f"{number:,} {outcome.value}" for outcome, number in counts(report.results).items())
    likely = likely_lines(report, report.triage, width=width) if report.triage else []
    closing = [totals or "no results", headline(report)]
    return [*lines, *(visible(line, width) for line in rest), *likely, *(visible(line, width) for line in closing)]


def _table(rows: Sequence[Sequence[str]], texts: int) -> list[str]:
    """Rows as aligned columns; the first `texts` of them to the left, numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if column < texts else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _hosts(report: RunReport) -> list[str]:
    if not report.hosts:
        return []
    by_host = counts_by_host(report.results)
    seen = [outcome for outcome in _SHORT if any(outcome in found for found in by_host.values())]
    rows = [["host", "kind", "system", *(_SHORT[outcome] for outcome in seen)]]
    for host in report.hosts[:_MOST_HOSTS]:
        found = by_host.get(host.name, {})
        kind = f"{host.kind}, sensitive" if host.sensitive else host.kind
        texts = [visible(text, 24) for text in (host.name, kind, host.system)]
        rows.append([*texts, *(f"{found[outcome]:,}" if outcome in found else "." for outcome in seen)])
    more = len(report.hosts) - _MOST_HOSTS
    return [*_table(rows, 3), *([f"{counted(more, 'more host')} in the report"] if more > 0 else [])]


def _causes(report: RunReport) -> list[str]:
    causes = root_causes(report.results)
    lines = [
        f"root cause {visible(cause.id, 40)}: {len(cause.blocked):,} blocked behind it; {cause.reason}"
        for cause in causes[:_MOST_CAUSES]
    ]
    if len(causes) > _MOST_CAUSES:
        lines.append(f"root causes: {len(causes) - _MOST_CAUSES} more in the report")
    return lines


def _degraded(report: RunReport) -> list[str]:
    """What passed with a restriction: pytest shows a dot for it."""
    told = [result for result in report.results if result.outcome is Outcome.DEGRADED]
    lines = [
        f"DEGRADED {result.check} on {visible(result.host, 24)}: {result.reason}" for result in told[:_MOST_DEGRADED]
    ]
    if len(told) > _MOST_DEGRADED:
        lines.append(f"DEGRADED: {len(told) - _MOST_DEGRADED} more in the report")
    return lines


def _gaps(report: RunReport, width: int) -> list[str]:
    """What was left out, by reason, the most frequent first; the reports name every check."""
    reasons = Counter(gap.why for gap in report.gaps).most_common()
    alone = _MOST_REASONS + (len(reasons) == _MOST_REASONS + 1)  # a last one takes the line that would hide it
    lines = [f"not applicable: {counted(number, 'check')}: {why}" for why, number in reasons[:alone]]
    return lines + ([_other_reasons(reasons[alone:], width)] if reasons[alone:] else [])


def _other_reasons(reasons: Sequence[tuple[str, int]], width: int) -> str:
    """As many of them as the line has room for, the first one at least cut, and how many it has not."""
    checks = counted(sum(number for _, number in reasons), "check")
    line = f"not applicable: {checks} for {len(reasons)} other reasons: "
    line += visible(reasons[0][0], max(width - len(line) - len(_more(len(reasons))), 1))
    for told, (why, _) in enumerate(reasons[1:], 1):
        last = told + 1 == len(reasons)
        if len(line) + len(f"; {why}") + (0 if last else len(_more(len(reasons)))) > width:
            return line + _more(len(reasons) - told)
        line += f"; {why}"
    return line


def _more(number: int) -> str:
    return f"; and {number:,} more in the report"


def _spent(report: RunReport) -> list[str]:
    if not report.spent:
        return []
    requests = sum(spent.requests for spent in report.spent.values())
    tokens = sum(spent.tokens for spent in report.spent.values())
    budget = sum(spent.budget_tokens for spent in report.spent.values())
    of = f" of {budget:,} allowed" if budget else ""
    return [f"spent: {counted(requests, 'request')}, {counted(tokens, 'token')}{of}"]


def _waived(report: RunReport) -> list[str]:
    """Every failure that a waiver took."""
    found = Counter(
        f"{result.outcome.value} {result.check} on {visible(result.host, 24)}: {waiver_line(waiver)}"
        for result, waiver in waived_results(report.results)
    )
    taken = [line + (f" ({number} tests)" if number > 1 else "") for line, number in found.items()]
    more = len(taken) - _MOST_WAIVED
    return [*taken[:_MOST_WAIVED], *([f"WAIVED: {more} more in the report"] if more > 0 else [])]


def _not_in_order(report: RunReport) -> list[str]:
    """Every waiver that is not in order: pytest shows no test for it."""
    wrong = [result for result in report.results if result.check == NOT_IN_ORDER]
    lines = [f"FAIL {result.reason}; {result.remedy}" for result in wrong[:_MOST_WAIVED]]
    more = len(wrong) - _MOST_WAIVED
    return [*lines, *([f"FAIL {counted(more, 'more waiver')} not in order: the report names them"] if more > 0 else [])]


def likely_lines(report: RunReport, triage: Triage, *, width: int = 100, brief: bool = True) -> list[str]:
    """The likely causes and how much none of them explains, the first few briefly or all in full.

    A command is whole or absent: half of one could not be pasted.
    """
    most = _MOST_LIKELY if brief else len(triage.causes)
    lines = ["likely causes" if triage.causes else "likely causes: none known"]
    for number, cause in enumerate(triage.causes[:most], 1):
        lines += _likely(number, cause, width, brief=brief)
    if len(triage.causes) > most:
        lines.append(f"  {counted(len(triage.causes) - most, 'more cause')} in the report")
    if triage.unexplained:
        checks = {result.id: f"{result.check} on {result.host}" for result in report.results}
        named = list(dict.fromkeys(checks.get(name, name) for name in triage.unexplained))
        told = named[: _MOST_NAMED if brief else len(named)]
        more = f" and {len(named) - len(told):,} more" if len(named) > len(told) else ""
        text = ", ".join(visible(name, 80) for name in told)
        lines.append(f"  unexplained: {counted(len(triage.unexplained), 'result')}: {text}{more}")
        lines[-1] = visible(lines[-1], width) if brief else lines[-1]
    return lines


def _likely(number: int, cause: LikelyCause, width: int, *, brief: bool) -> list[str]:
    where = cause.hosts[0] if len(cause.hosts) == 1 else counted(len(cause.hosts), "host")
    title = f"{number:>3} {cause.title} on {visible(where, 40)}: explains {counted(cause.explained, 'result')}"
    see = "; ".join(filter(None, (cause.runbook, cause.escalate)))
    facts = (
        ("cause", "" if brief else cause.cause),
        ("next", cause.remedy),
        ("runbook", see),
        ("also", "" if brief else ", ".join(cause.also)),
    )
    lines = [title, *(f"    {name:<{_LABEL - 2}}{text}" for name, text in facts if text)]
    lines = [visible(line, width) for line in lines]
    if cause.confirm and len(cause.confirm) <= _LONGEST_CURL:
        lines.insert(1 if brief else 2, f"    {'confirm':<{_LABEL - 2}}{visible(cause.confirm)}")
    return lines
