"""The checklist of a window: what is done, by whom, when; what failed, and what nobody looked at. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from opscheck.model import Outcome
from opscheck.report import Decision, Result, RunReport, counts, headline
from opscheck.report.compare import Comparison, Kind
from opscheck.report.visible import counted, visible
from opscheck.window.roles import is_placeholder
from opscheck.window.spans import duration
from opscheck.window.state import Phase, Window


class Mark(StrEnum):
    """How an item stands."""

    DONE = "done"
    FAILED = "failed"
    WEAK = "weak"
    OPEN = "open"
    NONE = "not there"


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the checklist.

    Attributes:
        part: Before, During, After or Communication.
        detail: what was seen, one line.
        by, at: who did it, and when; empty and None where nobody did.
    """

    part: str
    title: str
    mark: Mark
    detail: str
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """What has to be looked at afterwards: the checks that do, and the words in the ids of tests that would."""

    title: str
    belongs: Callable[[Result], bool]
    words: tuple[str, ...]


_LOOKED_AT: Final = (
    _Look(
        "Health",
        lambda one: "readiness" in one.markers or one.check.startswith(("readiness", "liveness")),
        ("readiness/", "liveness"),
    ),
    _Look("Prometheus targets", lambda one: one.check.startswith("prometheus"), ("prometheus",)),
    _Look("Grafana SLOs", lambda one: one.check.startswith("grafana"), ("grafana", "dashboard")),
    _Look("Loki logs", lambda one: one.check.startswith("loki"), ("loki", "test_logs")),
)


_WORSE: Final = (Kind.LOST, Kind.WORSE, Kind.GONE)
_REASON: Final = 200  # characters of a reason that the sentence names


def checklist(window: Window, after: RunReport | None) -> list[Item]:
    """Every item, in the order in which they come."""
    return [*_before(window), *_during(window), *_after(window, after), *_communication(window)]


def _before(window: Window) -> list[Item]:
    by, at = window.opened_by, window.opened
    roles = ", ".join(f"{one.name}: {one.owner}" for one in window.roles)
    weak = [one for one in window.remarks if "backup" in one]
    where = window.announced.get("where", "")
    when = window.announced.get("at", "")
    sources = [row for entry in window.snapshots[:1] for row in entry.data["sources"]]
    plan = str(window.rollback.get("source") or window.rollback.get("text", ""))
    run = window.latest(Phase.BEFORE)
    told = f"{run.decision}{f', but it {run.trouble}' if run.trouble else ''}" if run else ""
    return [
        Item("Before", "Roles have owners", Mark.WEAK if weak else Mark.DONE, "; ".join([roles, *weak]), by, at),
        Item("Before", "Announced", Mark.DONE, f"{where}{f', {when}' if when else ''}", by, at),
        Item("Before", "Configuration kept", Mark.DONE, f"{counted(len(sources), 'source')} with hashes", by, at),
        Item("Before", "Rollback plan", Mark.DONE, plan, by, at),
        Item("Before", "Checks run before", Mark.WEAK if run.trouble else Mark.DONE, told, run.by, run.at)
        if run
        else Item("Before", "Checks run before", Mark.OPEN, "nothing to compare with"),
    ]


def _during(window: Window) -> list[Item]:
    steps, deviations = window.steps, window.deviations
    last = steps[-1] if steps else None
    first = (
        Item("During", "Steps logged", Mark.DONE, counted(len(steps), "step"), last.by, last.at)
        if last
        else Item("During", "Steps logged", Mark.OPEN, "no step was logged")
    )
    told = "; ".join(str(one.data["text"]) for one in deviations[:3]) or "none"
    more = f" and {len(deviations) - 3} more" if len(deviations) > 3 else ""
    who = deviations[-1] if deviations else None
    second = Item(
        "During",
        "Deviations",
        Mark.WEAK if deviations else Mark.DONE,
        told + more,
        who.by if who else window.closed_by,
        who.at if who else window.closed,
    )
    return [first, second, _in_time(window)]


def _in_time(window: Window) -> Item:
    if window.closed is None:
        return Item("During", "Closed in time", Mark.OPEN, f"open until {window.span.end:%Y-%m-%d %H:%M} UTC")
    late = window.closing.get("overrun", "")
    early = duration(window.span.end - window.closed)
    detail = f"{late} after its end" if late else f"{early} before its end"
    return Item("During", "Closed in time", Mark.WEAK if late else Mark.DONE, detail, window.closed_by, window.closed)


def _after(window: Window, report: RunReport | None) -> list[Item]:
    run = window.latest(Phase.AFTER)
    if run is None or report is None:
        return [Item("After", one.title, Mark.OPEN, "no run after") for one in _LOOKED_AT]
    items = []
    for look in _LOOKED_AT:
        mine = [one for one in report.results if look.belongs(one) and one.outcome is not Outcome.NOT_APPLICABLE]
        why = "" if mine else next((gap.why for gap in report.gaps if any(word in gap.id for word in look.words)), "")
        mark, detail = (Mark.NONE, why) if why else (_mark(mine), _counts(mine))
        items.append(Item("After", look.title, mark, detail, run.by, run.at))
    changed = [line for entry in window.snapshots[1:] for line in entry.data.get("changed", ())]
    if len(window.snapshots) > 1:
        told = "; ".join(changed) or "nothing changed"
        items.append(Item("After", "Configuration looked at", Mark.DONE, told, window.closed_by, window.closed))
    return items


def _mark(results: Sequence[Result]) -> Mark:
    found = counts(results)
    if Outcome.FAIL in found:
        return Mark.FAILED
    if not found or Outcome.UNMEASURED in found or Outcome.BLOCKED in found:
        return Mark.OPEN
    return Mark.WEAK if Outcome.DEGRADED in found or Outcome.WAIVED in found else Mark.DONE


def _counts(results: Sequence[Result]) -> str:
    told = ", ".join(f"{number} {outcome.value.lower()}" for outcome, number in counts(results).items())
    return told or "the run after looked at none"


def _communication(window: Window) -> list[Item]:
    if window.closed is None:
        return [Item("Communication", "Summary posted", Mark.OPEN, "the window is not closed")]
    by, at, told = window.closed_by, window.closed, window.closing
    lessons, tracker = str(told.get("lessons", "")), str(told.get("tracker", ""))
    need_tracker = bool(window.incident)
    items = [
        Item("Communication", "Summary posted", Mark.DONE, str(told.get("communicated", "")), by, at),
        Item(
            "Communication", "Lessons", Mark.WEAK if is_placeholder(lessons) else Mark.DONE, lessons or "none", by, at
        ),
    ]
    if tracker or need_tracker:
        detail = tracker or f"{window.incident} not updated"
        items.append(Item("Communication", "Incident tracker", _told(tracker), detail, by, at))
    return items


def _told(text: str) -> Mark:
    return Mark.WEAK if is_placeholder(text) else Mark.DONE


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the window comes to.

    Attributes:
        reasons: every reason why it is not GO, each one line.
    """

    decision: Decision
    sentence: str
    reasons: Sequence[str]


def judge(window: Window, items: Sequence[Item], after: RunReport | None, compared: Comparison | None) -> Judgement:
    """Did the window leave things as good as they were? The run after decides; what is open or late is told."""
    reasons = _reasons(window, items, compared)
    if after is None:
        return Judgement(Decision.UNMEASURED, "no run after it tells how things were left", reasons)
    decision = after.decision
    run = window.latest(Phase.AFTER)
    if run is not None and run.trouble:
        # What went wrong beside the checks, a teardown or a worker, may be what the window broke.
        broken = f"the run after {run.trouble}"
        reasons = [broken, *reasons]
        if decision is not Decision.FAIL:
            return Judgement(Decision.UNMEASURED, f"{broken}, so nobody knows how things were left", reasons)
    if window.closed is None or compared is None:
        lacking = "the window is still open" if window.closed is None else "there is no run before it to compare with"
        return Judgement(decision if decision is Decision.FAIL else Decision.UNMEASURED, lacking, reasons)
    if decision is Decision.GO and (reasons or compared.regressed):
        decision = Decision.DEGRADED
    sentence = _sentence(compared)
    if decision is Decision.DEGRADED:
        reasons = reasons or [headline(after).partition(": ")[2]]
        sentence = f"{sentence}; {visible(reasons[0], _REASON)}"
    return Judgement(decision, sentence, reasons)


def _sentence(compared: Comparison) -> str:
    broke, still, fixed = len(compared.new_failures), len(compared.still_failing), len(compared.fixed)
    lost = len(compared.of(Kind.LOST))
    unseen = f"{counted(lost, 'check')} can no longer be measured"
    if broke:
        more = f", and {unseen}" if lost else ""
        return f"{counted(broke, 'check fails', 'checks fail')} that did not before{more}"
    if lost:
        return f"{unseen}, so nobody knows how things were left"
    if still:
        return f"nothing new fails; {counted(still, 'check fails', 'checks fail')} as before"
    more = f", and {counted(fixed, 'check was', 'checks were')} fixed" if fixed else ""
    return f"nothing fails that did not before{more}"


def _reasons(window: Window, items: Sequence[Item], compared: Comparison | None) -> list[str]:
    against = [one for mark in (Mark.FAILED, Mark.OPEN, Mark.WEAK) for one in items if one.mark is mark]
    told = [f"{one.title}: {one.detail}" for one in against]
    if compared is not None:
        told += [f"{kind.value}: {counted(len(found), 'check')}" for kind in _WORSE if (found := compared.of(kind))]
    if compared is not None and compared.slower:
        told.append(f"{counted(len(compared.slower), 'check is', 'checks are')} slower than before")
    frozen = [one for one in window.remarks if one.startswith("opened in spite of")]
    return [*told, *frozen]
