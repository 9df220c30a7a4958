"""Items that checks answer: the suites run as a process of their own, and their JSON report is judged."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import timedelta
from hashlib import sha256

from opscheck.local_files import read_file
from opscheck.model import Outcome
from opscheck.release.asked import Context, unseen
from opscheck.release.checklist import Item
from opscheck.release.words import Seen, State
from opscheck.report.run import Result, RunReport
from opscheck.report.summary import odd_end
from opscheck.report.visible import counted, visible
from opscheck.report.waived import waiver_line

_SHOWN = 6
_BLIND = (Outcome.UNMEASURED, Outcome.BLOCKED)


def measure_suite(item: Item, context: Context) -> Seen:
    """Run the checks of a marker on every host, or take the report of that run from an item that needs it as well."""
    hosts = [host.name for host in context.asked.hosts]
    if not hosts:
        return unseen("no host was named", "--host NAME")
    arguments = tuple(item.wants.get("arguments", ()))
    marker = item.wants["marker"]
    told = context.once(("suite", marker, arguments), lambda: _run(marker, arguments, item.deadline, context))
    if isinstance(told, Seen):
        return told
    report, code = told
    degraded = State(item.wants.get("degraded", State.MET.value))
    return judge_end(judge_run(report, hosts, checks=item.wants.get("checks", ()), degraded=degraded), report, code)


def judge_end(seen: Seen, report: RunReport, code: int | None) -> Seen:
    """What was judged, held against how the run ended: green counts only with an end that fits it; pure.

    Args:
        code: the exit code of the run.
    """
    if not seen.state.lets_go:
        return seen  # what is red or could not see is so, however it ended
    odd = odd_end(code, report.decision)
    if not odd:
        return seen
    reason = f"the run {odd}: its report may lack what else there was"
    return unseen(reason, "run it alone, and see what failed beside the checks", seen.evidence)


def _run(
    marker: str, arguments: Sequence[str], deadline: timedelta, context: Context
) -> tuple[RunReport, int | None] | Seen:
    name = sha256(json.dumps([marker, *arguments]).encode()).hexdigest()[:12]
    report = context.scratch / f"suite-{name}.json"
    hosts = ",".join(context.asked.words)
    words = [sys.executable, "-m", "opscheck", "run", "-q", "-m", marker, f"--ops-host={hosts}"]
    words += [f"--ops-inventory={context.asked.inventory}"] if context.asked.inventory else []
    words += [f"--ops-system={context.asked.system}"] if context.asked.system else []
    # The address of a history may hold a password, and everybody on a machine sees the words of a program.
    env = {"OPSCHECK_HISTORY": context.asked.history} if context.asked.history else {}
    done = context.programs.run([*words, f"--ops-report={report}", *arguments], deadline=deadline, env=env)
    shown = f"opscheck run -m {marker!r} --host {hosts}{''.join(f' {word}' for word in arguments)}"
    file = read_file(report)
    if done.problem or file.problem:
        said = done.last_lines(20) or ["it said nothing"]
        last = next((line for line in reversed(said) if "error" in line.lower()), said[-1])
        why = done.problem or f"it ended with {done.code}: {visible(last, 160)}"
        return unseen(f"the checks gave no report: {why}", f"try it alone: {shown}")
    try:
        return RunReport.from_dict(json.loads(file.content)), done.code
    except ValueError as error:
        return unseen(f"the checks gave a report that cannot be read: {visible(error, 160)}", f"try it alone: {shown}")


def judge_run(
    report: RunReport, hosts: Sequence[str], *, checks: Sequence[str] = (), degraded: State = State.MET
) -> Seen:
    """Judge a report, or those of its results that are of these checks; pure.

    Args:
        hosts: each has to have a result.
        degraded: what DEGRADED counts as.
    """
    mine = [one for one in report.results if not checks or one.check in checks]
    by = {outcome: [one for one in mine if one.outcome is outcome] for outcome in Outcome}
    waived = by[Outcome.WAIVED]
    evidence = (_counted(mine), *_told(by[Outcome.FAIL], *(by[one] for one in _BLIND), waived, by[Outcome.DEGRADED]))
    failed = [*by[Outcome.FAIL], *(by[Outcome.DEGRADED] if degraded is State.NOT_MET else ())]
    if failed:
        many = f"{len(failed)} of {counted(len(mine), 'check')} {'is' if len(failed) == 1 else 'are'} red"
        reason = f"{many}: {failed[0].check} on {failed[0].host}: {visible(failed[0].reason, 200)}"
        return Seen(State.NOT_MET, reason, evidence, visible(failed[0].remedy, 200))
    blind = [one for outcome in _BLIND for one in by[outcome]]
    if blind:
        first = blind[0]
        reason = f"{counted(len(blind), 'check')} could not measure: {first.check} on {first.host}"
        why = visible(first.reason.removeprefix("could not measure: "), 200)
        return unseen(f"{reason}: {why}", visible(first.remedy, 200), evidence)
    if report.incomplete:
        return unseen(report.incomplete, "run it again to its end", evidence)
    silent = [host for host in hosts if not any(one.host == host for one in mine)]
    if silent or not mine:
        why = next((gap.why for gap in report.gaps), "no test asks for it")
        return unseen(f"nothing was judged on {', '.join(silent) or 'any host'}: {visible(why, 160)}", "", evidence)
    if waived:
        first, line = waived[0], _waiver(waived[0])
        reason = f"{_counted(mine)} on {', '.join(hosts)}: {first.check} on {first.host}: {line}"
        return Seen(State.WAIVED, reason, evidence, waiver=line)
    told = f"{mine[0].check}: {visible(mine[0].reason, 160)}" if len(mine) == 1 else _counted(mine)
    return Seen(State.MET, f"{told} on {', '.join(hosts)}", evidence)


def _waiver(result: Result) -> str:
    """The waiver of a result that has one, in its own words."""
    return visible("; ".join(map(waiver_line, result.waivers)) or result.reason, 300)


def _counted(results: Sequence[Result]) -> str:
    return f"{counted(len(results), 'check')}: {_outcomes(results)}" if results else "no check"


def _outcomes(results: Sequence[Result]) -> str:
    numbers = {outcome: sum(one.outcome is outcome for one in results) for outcome in Outcome}
    return ", ".join(f"{number} {outcome}" for outcome, number in numbers.items() if number)


def _told(*groups: Sequence[Result]) -> list[str]:
    rows = [one for group in groups for one in group]
    lines = [f"{one.outcome}: {one.check} on {one.host}: {_why(one)}" for one in rows[:_SHOWN]]
    return lines + ([f"{len(rows) - _SHOWN} more"] if len(rows) > _SHOWN else [])


def _why(result: Result) -> str:
    waiver = f"{_waiver(result)}; " if result.outcome is Outcome.WAIVED and result.waivers else ""
    return f"{waiver}{visible(result.reason, 200)}"
