"""The report for a terminal: every item with its reason, what stands in the way in full, the decision last."""

from __future__ import annotations

from collections.abc import Iterator

from opscheck.release.policy import headline, obstacles
from opscheck.release.words import Finding, ReleaseReport
from opscheck.report.visible import cut, visible

_EVIDENCE = 8  # lines of an item that stands in the way


def lines(report: ReleaseReport, *, width: int = 160) -> Iterator[str]:
    """Each a printable line, at most `width` characters long."""
    for line in _lines(report):
        yield cut(line, width)


def _lines(report: ReleaseReport) -> Iterator[str]:
    yield visible(f"{report.title}{_of(report)}")
    state = max((len(one.state.value) for one in report.findings), default=0)
    name = max((len(one.id) for one in report.findings), default=0)
    for one in report.findings:
        told = "" if one.counts else " (told only)"
        yield visible(f"  {one.state.value:<{state}}  {one.id:<{name}}  {one.reason}{told}")
    standing = obstacles(report.findings)
    if standing:
        yield ""
        yield "In the way"
        for one in standing:
            yield from _obstacle(one)
    if report.playbook:
        yield ""
        yield "Steps"
        for step in report.playbook:
            yield visible(f"  {step.number} {step.standing:<5} {step.title}")
            if step.standing == "next" and step.do:
                yield visible(f"          {step.do}")
    for note in report.notes:
        yield visible(f"note: {note}")
    yield visible(headline(report))


def _of(report: ReleaseReport) -> str:
    parts = [f" of {report.release[:40]}"] if report.release else []
    parts += [f" on {', '.join(report.hosts)}"] if report.hosts else []
    return "".join(parts) + (f" ({report.range})" if report.range else "")


def _obstacle(one: Finding) -> Iterator[str]:
    yield visible(f"  {one.id}: {one.state.value}: {one.title}")
    yield visible(f"    reason   {one.reason}")
    for line in one.evidence[:_EVIDENCE]:
        yield visible(f"    seen     {line}")
    if len(one.evidence) > _EVIDENCE:
        yield f"    seen     {len(one.evidence) - _EVIDENCE} more lines in the reports"
    if one.waiver:
        yield visible(f"    waiver   {one.waiver}")
    if one.remedy:
        yield visible(f"    next     {one.remedy}")
