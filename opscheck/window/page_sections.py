"""The sections of a window's report: checklist, what changed, failures, roles, configuration, evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from opscheck.model import Outcome
from opscheck.report.compare import Change, Comparison, Kind
from opscheck.report.html_parts import badge, esc, facts, fold, linked, table
from opscheck.report.html_result import Room, line, shown
from opscheck.report.html_triage import likely
from opscheck.report.run import RunReport
from opscheck.report.visible import counted, milliseconds
from opscheck.report.waived import waived_results, waiver_line
from opscheck.window.checklist import Item, Mark
from opscheck.window.state import Window

_ROWS: Final = 150  # of one table
_MARKS: Final = {
    Mark.DONE: "pass",
    Mark.FAILED: "fail",
    Mark.WEAK: "degraded",
    Mark.OPEN: "unmeasured",
    Mark.NONE: "not_applicable",
}
_WORSE: Final = (Kind.BROKE, Kind.LOST, Kind.WORSE, Kind.GONE)


def reasons(told: Sequence[str]) -> str:
    """Why it is not simply GO."""
    if not told:
        return ""
    items = "".join(f"<li>{linked(one, 400)}</li>" for one in told)
    return f'<ul class="why" aria-label="What is to be said against it">{items}</ul>'


def checklist(items: Iterable[Item]) -> str:
    """Every item with how it stands, who did it and when."""
    rows = []
    part = ""
    for item in items:
        name = _MARKS[item.mark]
        symbol = f'<svg class="i" aria-hidden="true"><use href="#i-{name}"/></svg>'
        mark = f'<span class="badge {name}">{symbol}{item.mark}</span>'
        at = f"<time>{item.at:%Y-%m-%d %H:%M:%S}</time>" if item.at else ""
        head = f'<span class="{"part" if item.part != part else "vh"}">{item.part} </span>'
        part = item.part
        rows.append([f"{head}{esc(item.title, 80)}", mark, linked(item.detail, 400), esc(item.by, 80), at])
    return table("Every item", ["Item", "State", "Seen", "By", "At (UTC)"], rows, texts=5)


def changes(compared: Comparison) -> str:
    """How many checks of each kind, then those that changed."""
    tiles = "".join(
        f'<li class="tile {_tone(kind)}"><span><b>{number:,}</b> <span>{kind.value.capitalize()}</span></span></li>'
        for kind, number in [*compared.counts().items()]
    )
    if compared.slower:
        tiles += f'<li class="tile degraded"><span><b>{len(compared.slower):,}</b> <span>Slower</span></span></li>'
    notes = "".join(f"<li>{esc(one, 300)}</li>" for one in compared.notes)
    told = [one for one in compared.changes if one.kind is not Kind.SAME]
    seen = {one.name for one in told}
    told += [one for one in compared.slower if one.name not in seen]
    rows = [_changed(one, compared) for one in told[:_ROWS]]
    more = (
        f"<p>{counted(len(told) - _ROWS, 'more change')} in the JSON reports of both runs.</p>"
        if len(told) > _ROWS
        else ""
    )
    head = ["Check", "On", "What", "Before", "After", "Latency", "Why"]
    same = "" if rows else "<p>Every check came out as before.</p>"
    listed = f'<ul class="notes">{notes}</ul>' if notes else ""
    return (
        f'<ul class="tiles kinds" aria-label="Checks by what changed">{tiles}</ul>{listed}'
        f"{table('What changed', head, rows, texts=7) if rows else same}{more}"
    )


def _tone(kind: Kind) -> str:
    if kind in _WORSE:
        return "fail" if kind is Kind.BROKE else "degraded"
    if kind in (Kind.STILL, Kind.UNSEEN):
        return "fail" if kind is Kind.STILL else "unmeasured"
    return "none" if kind is Kind.SAME else "pass"


def _changed(one: Change, compared: Comparison) -> list[str]:
    slow = any(one is other for other in compared.slower)
    kind = f'<span class="o {_tone(one.kind)}">{one.kind}</span>' if one.kind is not Kind.SAME else ""
    kind += ' <strong class="again">slower</strong>' if slow else ""
    reason = one.why or (one.latest.reason if one.latest.outcome is not Outcome.PASS else "")
    return [
        f"<code>{esc(one.latest.check, 100)}</code>",
        esc(one.latest.host, 60),
        kind,
        badge(one.before.outcome) if one.before else "not there",
        badge(one.after.outcome) if one.after else "not there",
        _latencies(one),
        esc(reason, 240),
    ]


def _latencies(one: Change) -> str:
    if one.before_ms is None or one.after_ms is None:
        return ""
    return f"{milliseconds(one.before_ms)} to {milliseconds(one.after_ms)}"


def failures(after: RunReport, compared: Comparison | None, room: Room) -> str:
    """What fails or could not be measured after: likely causes first, the new failures before the old ones."""
    new = {one.after.id for one in compared.new_failures if one.after} if compared else set()
    wanted = (Outcome.FAIL, Outcome.UNMEASURED)
    bad = sorted(
        (one for one in after.results if one.outcome in wanted),
        key=lambda one: (one.id not in new, one.outcome.gravity),
    )
    blocked = [one for one in after.results if one.outcome is Outcome.BLOCKED]
    if not bad and not blocked:
        return "<p>Nothing fails, and everything that was asked could be measured.</p>"
    cause = likely(after)
    told = f'<div class="causes">{cause}</div>' if cause else ""
    lines = "".join(line(one, room, named=True) for one in blocked)
    behind = (
        fold(f"{counted(len(blocked), 'check')} blocked behind them", f'<ul class="lines">{lines}</ul>')
        if blocked
        else ""
    )
    return f"{told}{shown(bad, room)}{behind}"


def escalation(window: Window) -> str:
    """Whom to turn to, in order, and who may decide to go back."""
    rows = [
        [esc(role.name, 80), esc(role.owner, 120), esc(role.backup or "none", 120), esc(role.does, 240)]
        for role in window.roles
    ]
    steps = "".join(f"<li>{linked(one, 300)}</li>" for one in window.escalation)
    order = f'<h3>In this order</h3><ol class="order">{steps}</ol>' if steps else ""
    return table("Roles", ["Role", "Owner", "Backup", "Does"], rows, texts=4) + order


def rollback(window: Window) -> str:
    """The plan for going back."""
    plan = window.rollback
    if "file" in plan:
        name, digest = esc(plan.get("source", ""), 200), esc(plan.get("sha256", ""), 64)
        return (
            f"<p><code>{name}</code>, kept as <code>{esc(plan['file'], 200)}</code> (SHA-256 <code>{digest}</code>)</p>"
        )
    return f"<p>{linked(plan.get('text', ''), 4000)}</p>"


def degraded(after: RunReport, room: Room) -> str:
    """What is weak after."""
    return shown([one for one in after.results if one.outcome is Outcome.DEGRADED], room)


def waivers(after: RunReport) -> str:
    """Every failure that was accepted: by whom, until when."""
    rows = [
        [f"<code>{esc(result.check, 100)}</code>", esc(result.host, 60), esc(waiver_line(waiver), 400)]
        for result, waiver in waived_results(after.results)
    ]
    plain = [
        [f"<code>{esc(one.check, 100)}</code>", esc(one.host, 60), esc(one.reason, 400)]
        for one in after.results
        if one.outcome is Outcome.WAIVED and not one.waivers
    ]
    rows += plain
    return table("Accepted failures", ["Check", "On", "Waiver"], rows[:_ROWS], texts=3) if rows else ""


def everything(after: RunReport, room: Room) -> str:
    """Every result that passed after, folded by host."""
    hosts: dict[str, list[str]] = {}
    for one in after.results:
        if one.outcome is Outcome.PASS:
            hosts.setdefault(one.host, []).append(line(one, room))
    return "".join(
        fold(
            f"<b>{esc(host, 80)}</b> {counted(len(lines), 'check')} passed", f'<ul class="lines">{"".join(lines)}</ul>'
        )
        for host, lines in hosts.items()
    )


def gaps(after: RunReport) -> str:
    """What the run after says nothing about."""
    if not after.gaps:
        return ""
    items = "".join(f"<li><code>{esc(one.id, 160)}</code> <span>{esc(one.why)}</span></li>" for one in after.gaps[:200])
    more = f"<li>{len(after.gaps) - 200:,} more</li>" if len(after.gaps) > 200 else ""
    title = f"{counted(len(after.gaps), 'check')} did not apply: nothing is said about what they promise"
    return fold(title, f'<ul class="gaps">{items}{more}</ul>')


def evidence(window: Window) -> str:
    """Every piece with its hash, and the head of the log that holds them together."""
    rows = []
    for entry in window.entries:
        for row in (entry.data, entry.data.get("rollback"), *(entry.data.get("sources") or ())):
            if isinstance(row, dict) and "file" in row and "sha256" in row:
                name = f"<code>{esc(row['file'], 200)}</code>"
                rows.append([name, f'<code class="hash">{esc(row["sha256"], 64)}</code>', f"{entry.number}"])
    head = window.entries[-1]
    told = facts(
        [
            ("Log", f"{counted(len(window.entries), 'entry', 'entries')}, each with the hash of the one before"),
            ("Its head", f'<code class="hash">{head.digest}</code>'),
            ("Ask", f"<code>opscheck window verify {esc(window.name, 80)}</code>, or this file in place of the name"),
        ]
    )
    return told + table("Kept files", ["File", "SHA-256", "Entry"], rows[:400], texts=2)


def configuration(window: Window) -> str:
    """The sources of the snapshot, and which of them changed during the window."""
    first = [row for entry in window.snapshots[:1] for row in entry.data["sources"]]
    last = {row["source"]: row for entry in window.snapshots[1:] for row in entry.data["sources"]}
    names = dict.fromkeys([*(row["source"] for row in first), *last])
    old = {row["source"]: row for row in first}
    looked = bool(last)
    rows = [[f"<code>{esc(name, 200)}</code>", *_states(old.get(name), last.get(name), looked)] for name in names]
    return (
        table("Sources of the snapshot", ["Source", "Before", "After", "Changed"], rows[:_ROWS], texts=4)
        if rows
        else ""
    )


def _states(old: dict[str, str] | None, new: dict[str, str] | None, looked: bool) -> list[str]:
    cells = [_hash(old), _hash(new) if looked else "not looked at"]
    if not looked:
        return [*cells, ""]
    same = bool(old and new) and (old or {}).get("sha256_source") == (new or {}).get("sha256_source")
    return [*cells, "no" if same else '<strong class="again">yes</strong>']


def _hash(row: dict[str, str] | None) -> str:
    if row is None:
        return "not there"
    digest = row["sha256_source"]
    return f"<code>{esc(digest[:16], 20)}</code>" if digest else esc(row.get("problem", ""), 120)
