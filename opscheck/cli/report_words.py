"""A comparison of two runs as text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from opscheck.model import Outcome
from opscheck.report.compare import Change, Comparison, Kind
from opscheck.report.markdown import code, plain
from opscheck.report.visible import counted, milliseconds, visible

_WIDTH: Final = 160
_MOST: Final = 200  # changes of one kind that are told
_HEADS: Final = {
    Kind.BROKE: "New failures",
    Kind.STILL: "Still failing",
    Kind.LOST: "No longer measured",
    Kind.UNSEEN: "Still not measured",
    Kind.WORSE: "Worse",
    Kind.GONE: "Gone",
    Kind.FIXED: "Fixed",
    Kind.FOUND: "Measured again",
    Kind.BETTER: "Better",
    Kind.APPEARED: "Appeared",
}
_SLOWER: Final = "Slower"


def verdict(found: Comparison) -> str:
    """What it comes to, in one line."""
    word = "WORSE" if found.regressed or found.slower else "NOT WORSE"
    return f"{word}: {found.headline()}"


def text(found: Comparison) -> list[str]:
    """For a terminal: what changed, the gravest first; the verdict last."""
    lines = [_runs(found)]
    for head, changes in _sections(found):
        lines += ["", f"{head}: {counted(len(changes), 'check')}"]
        lines += [visible(f"  {line}", _WIDTH) for change in changes[:_MOST] for line in _lines(head, change)]
        if len(changes) > _MOST:
            lines.append(f"  and {len(changes) - _MOST:,} more")
    lines += ["", *(visible(f"note: {note}", _WIDTH) for note in found.notes)]
    return [*lines, visible(verdict(found), _WIDTH)]


def markdown(found: Comparison) -> list[str]:
    """For a merge request or a ticket."""
    before, after = found.before.run, found.after.run
    lines = [f"# opscheck: {plain(verdict(found))}", ""]
    lines += [f"Run {code(after.id, 60)} against run {code(before.id, 60)}"]
    for head, changes in _sections(found):
        lines += ["", f"## {head} ({len(changes):,})", ""]
        for change in changes[:_MOST]:
            first, *more = _lines(head, change)
            lines.append(f"- {plain(first)}" + "".join(f"<br>{plain(line.strip())}" for line in more))
        if len(changes) > _MOST:
            lines.append(f"- {len(changes) - _MOST:,} more")
    if found.notes:
        lines += ["", "## Notes", "", *(f"- {plain(note)}" for note in found.notes)]
    return lines


def _runs(found: Comparison) -> str:
    told = [f"{one.run.id} ({one.run.started:%Y-%m-%d %H:%MZ})" for one in (found.before, found.after)]
    return visible(f"before {told[0]}, after {told[1]}", _WIDTH)


def _sections(found: Comparison) -> Iterator[tuple[str, Sequence[Change]]]:
    for kind, head in _HEADS.items():
        changes = found.of(kind)
        if changes:
            yield head, changes
        if kind is Kind.WORSE and found.slower:
            yield _SLOWER, found.slower


def _lines(head: str, change: Change) -> list[str]:
    latest = change.latest
    where = f"{latest.host}  {latest.check}"
    name = f"    {change.name}"
    if head == _SLOWER:
        took = [milliseconds(value) if value is not None else "-" for value in (change.before_ms, change.after_ms)]
        return [f"{where}: {took[0]} before, {took[1]} now", name]
    before, after = (one.outcome.value if one else "" for one in (change.before, change.after))
    told = f"{before} before, {after} now" if before and after else f"{after}, new" if after else f"was {before}"
    reason = change.why or (latest.reason if change.after and latest.outcome is not Outcome.PASS else "")
    return [f"{where}: {told}" + (f": {reason}" if reason else ""), name]
