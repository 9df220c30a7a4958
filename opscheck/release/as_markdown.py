"""The report as Markdown: for a step summary, a ticket or a merge request."""

from __future__ import annotations

from collections.abc import Iterator

from opscheck.release.policy import headline, obstacles
from opscheck.release.words import Finding, ReleaseReport
from opscheck.report.markdown import code, plain


def render(report: ReleaseReport) -> str:
    """The decision, what stands in the way, every item, the steps."""
    parts = [f"# opscheck: {plain(headline(report))}", _about(report), *_obstacles(report), _items(report)]
    parts += [_steps(report)] if report.playbook else []
    parts += ["## Notes\n\n" + "\n".join(f"- {plain(note)}" for note in report.notes)] if report.notes else []
    return "\n\n".join(parts) + "\n"


def _about(report: ReleaseReport) -> str:
    told = [plain(report.title, 120)]
    told += [f"of {code(report.release, 60)}"] if report.release else []
    told += [f"on {plain(', '.join(report.hosts), 120)}"] if report.hosts else []
    commits = f", commits {code(report.range, 80)}" if report.range else ""
    return f"{' '.join(told)}{commits}, {report.finished:%Y-%m-%d %H:%M:%S %Z}, opscheck {plain(report.version, 20)}"


def _obstacles(report: ReleaseReport) -> Iterator[str]:
    standing = obstacles(report.findings)
    if standing:
        yield "## In the way"
    for one in standing:
        yield "\n".join([f"### {plain(one.id, 80)}: {plain(one.state.value)}", "", plain(one.title), "", *_facts(one)])


def _facts(one: Finding) -> Iterator[str]:
    yield f"- Reason: {plain(one.reason)}"
    for line in one.evidence[:8]:
        yield f"- Seen: {code(line.strip())}"
    if one.waiver:
        yield f"- Waiver: {plain(one.waiver)}"
    if one.remedy:
        yield f"- Next step: {plain(one.remedy)}"


def _items(report: ReleaseReport) -> str:
    rows = ["| Item | State | Reason |", "| :--- | :--- | :--- |"]
    for one in report.findings:
        state = plain(one.state.value) + ("" if one.counts else " (told only)")
        waiver = f". Waiver: {plain(one.waiver)}" if one.waiver and one.waiver != one.reason else ""
        rows.append(f"| {plain(one.title)} ({plain(one.id)}) | {state} | {plain(one.reason)}{waiver} |")
    return "## Checklist\n\n" + "\n".join(rows)


def _steps(report: ReleaseReport) -> str:
    lines = [
        f"{step.number}. **{step.standing}**: {plain(step.title)}" + (f" ({plain(step.why)})" if step.why else "")
        for step in report.playbook
    ]
    return "## Steps\n\n" + "\n".join(lines)
