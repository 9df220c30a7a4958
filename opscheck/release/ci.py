"""Whether CI is green with the legacy checks on, by the results that it handed over. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from opscheck.model import Outcome
from opscheck.release.junit import Results, too_old
from opscheck.release.spans import lasting
from opscheck.release.words import Seen, State
from opscheck.report.run import RunReport
from opscheck.report.visible import visible
from opscheck.report.waived import waiver_line

_OFF: Final = "the gate is off"  # what the check legacy-gate says where nothing would have failed
_GATE: Final = "legacy-gate"
_GREEN: Final = frozenset({Outcome.PASS, Outcome.DEGRADED})
_GRAVE: Final = frozenset({Outcome.FAIL, Outcome.UNMEASURED, Outcome.BLOCKED})  # what makes a test red by itself
_AGAIN: Final = "run the legacy suite in CI with FAIL_ON_LEGACY=true, and hand its report over: --junit ID=FILE"
_WAIVE: Final = "mend what is waived, or waive this item in the checklist itself"


@dataclass(frozen=True, slots=True)
class Judged:
    """One check as CI judged it.

    Attributes:
        waiver: what took its failure, in one line.
    """

    check: str
    host: str
    outcome: Outcome
    reason: str
    waiver: str = ""


@dataclass(frozen=True, slots=True)
class CiRun:
    """A run of opscheck in CI.

    Attributes:
        red: tests that are red and not by a check, or not by its outcome, by their names.
        incomplete: why not everything was judged; empty where it was.
    """

    name: str
    judged: tuple[Judged, ...]
    at: datetime | None
    red: tuple[str, ...] = ()
    incomplete: str = ""


def ci_of_report(report: RunReport, name: str) -> CiRun:
    """From a JSON report."""
    judged = tuple(
        Judged(one.check, one.host, one.outcome, one.reason, "; ".join(map(waiver_line, one.waivers)))
        for one in report.results
    )
    return CiRun(name, judged, report.run.started, incomplete=report.incomplete)


def ci_of_junit(results: Results, name: str) -> CiRun:
    """From JUnit XML; tests that are no checks of opscheck have to be green as well."""
    checks = [case for case in results.cases if case.told("ops_check")]
    judged = tuple(
        Judged(
            case.told("ops_check"),
            case.told("ops_host"),
            _outcome(case.told("ops_outcome")),
            case.told("ops_reason"),
            case.told("ops_waiver"),
        )
        for case in checks
    )
    # A test whose check is green and that is red all the same broke before or behind it.
    red = tuple(
        case.name
        for case in results.red
        if not case.told("ops_check") or _outcome(case.told("ops_outcome")) not in _GRAVE
    )
    cut = results.announced > len(results.cases)
    return CiRun(name, judged, results.at, red, "the file is not whole" if cut else "")


def _outcome(word: str) -> Outcome:
    try:
        return Outcome(word)
    except ValueError:
        return Outcome.UNMEASURED


def _accepted(one: Judged) -> str:
    why = visible(one.waiver or one.reason, 200)
    return f"CI is green by a waiver alone: {one.check} on {one.host}: {why}"


def judge_ci(
    run: CiRun, needed: Sequence[str], *, commit: datetime | None, now: datetime, fresh: timedelta | None
) -> Seen:
    """Green, with every needed check among it, with the gate on, on this commit.

    Args:
        needed: the checks that have to be there.
        commit: when the commit was made that is looked at; older results are not its own.
        fresh: how old the results may be; None for any age.
    """
    line = f"{visible(run.name, 200)}: {len(run.judged)} checks"
    line += f", {run.at:%Y-%m-%d %H:%M %Z}" if run.at is not None else ""
    bad = [one for one in run.judged if one.outcome is Outcome.FAIL]
    blind = [one for one in run.judged if one.outcome in (Outcome.UNMEASURED, Outcome.BLOCKED)]
    off = [one for one in run.judged if one.check == _GATE and _OFF in one.reason]
    waived = [one for one in run.judged if one.check in needed and one.outcome is Outcome.WAIVED]
    absent = [check for check in needed if not any(one.check == check and one.outcome in _GREEN for one in run.judged)]
    told = (
        line,
        *(f"{one.outcome}: {one.check} on {one.host}: {visible(one.reason, 160)}" for one in (*bad, *blind)[:5]),
    )
    if bad or run.red:
        first = f"{bad[0].check} on {bad[0].host}" if bad else visible(run.red[0], 120)
        return Seen(State.NOT_MET, f"CI is red: {first}", told, "mend what is red")
    if waived or off:
        reason = f"CI is green, and the gate was off: {visible(off[0].reason, 120)}" if off else _accepted(waived[0])
        return Seen(State.NOT_MET, reason, told, _AGAIN if off else _WAIVE)
    if run.incomplete or blind:
        reason = run.incomplete or f"{blind[0].check} on {blind[0].host}: {visible(blind[0].reason, 120)}"
        return Seen(State.UNMEASURED, f"CI could not see all of it: {reason}", told, _AGAIN)
    if absent:
        return Seen(State.UNMEASURED, f"CI did not run {', '.join(absent)} to a green end", told, _AGAIN)
    old = too_old(run.at, commit)
    if not old and fresh is not None and run.at is not None and run.at < now - fresh:
        old = f"the results are {lasting(now - run.at)} old"
    if old:
        return Seen(State.UNMEASURED, old, told, _AGAIN)
    return Seen(State.MET, f"CI is green with the gate on: {', '.join(needed)}", told)
