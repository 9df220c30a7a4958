"""Go through a checklist: what changes something first and alone, the rest side by side."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from opscheck.errors import OpscheckError, UserError, did_you_mean
from opscheck.release.asked import Asked, Context, unseen
from opscheck.release.attest import judge_attested, read_attestations
from opscheck.release.build import measure_build
from opscheck.release.checklist import Checklist, Item
from opscheck.release.commands import measure_command, measure_junit
from opscheck.release.git import Git, NoGit
from opscheck.release.legacy import measure_quiet
from opscheck.release.monitors import measure_monitors
from opscheck.release.own_files import own_files
from opscheck.release.playbook import DONE, told
from opscheck.release.processes import Programs
from opscheck.release.repository import applies, measure_changelog, measure_ci, measure_documents, measure_file
from opscheck.release.suites import measure_suite
from opscheck.release.tree import Tree
from opscheck.release.words import Finding, ReleaseReport, Seen, State

Measure = Callable[[Item, Context], Seen]
Tell = Callable[[Item, Finding | None], None]
_STILL: Final = 30.0  # seconds after which what still runs is told again
_IMPORTABLE: Final = frozenset({"command", "junit", "ci"})


def _silent(item: Item, finding: Finding | None) -> None:
    """Tell nobody."""


def _attested(item: Item, context: Context) -> Seen:
    rows = read_attestations(context.asked.state)
    told = {"ask": item.wants["ask"], "words": context.attesting, "nameless": context.no_head}
    return judge_attested(rows, context.plan, item.id, context.release, **told)


_MEASURES: Final[Mapping[str, Measure]] = {
    "attested": _attested,
    "build": measure_build,
    "changelog": measure_changelog,
    "ci": measure_ci,
    "command": measure_command,
    "documents": measure_documents,
    "file": measure_file,
    "junit": measure_junit,
    "monitors": measure_monitors,
    "quiet": measure_quiet,
    "suite": measure_suite,
}


def run_checklist(
    checklist: Checklist,
    asked: Asked,
    *,
    at_once: int = 4,
    tell: Tell = _silent,
    argv: Sequence[str] = (),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> ReleaseReport:
    """Measure every item and give the report.

    Args:
        at_once: items that are measured side by side.
        tell: called with an item when it begins, now and then while it runs, and with its finding.
        clock: the present time; tests give one of their own.

    Raises:
        UserError: something was typed that the checklist does not know.
    """
    _check_names(checklist, asked)
    read_attestations(asked.state)  # a file that cannot be used is told before anything is asked
    started = clock()
    with _context(checklist, asked, clock) as context:
        findings, broken_off = _all(checklist, context, at_once, tell)
        notes = tuple(_notes(context, broken_off=broken_off))
    ordered = tuple(findings[item.id] for item in checklist.items)
    return ReleaseReport(
        plan=checklist.plan,
        title=checklist.title,
        release=context.release,
        hosts=tuple(host.name for host in asked.hosts),
        started=started,
        finished=clock(),
        version=asked.version,
        findings=ordered,
        range=context.range,
        playbook=told(checklist.steps, ordered),
        notes=notes,
        checklists=checklist.files,
        argv=tuple(argv),
    )


@contextmanager
def _context(checklist: Checklist, asked: Asked, clock: Callable[[], datetime]) -> Iterator[Context]:
    programs = Programs(asked.folder)
    git = Git(programs)
    head, no_head = None, ""
    try:
        head = git.commit()
    except NoGit:
        no_head = git.why_no_commit()
    range_ = asked.range
    if head is not None and not range_:
        tag = git.last_tag()
        range_ = f"{tag}..HEAD" if tag else ""
    if head is not None and asked.range:
        git.changed(asked.range)  # a range that is mistyped is told before anything is run
    with tempfile.TemporaryDirectory(prefix="opscheck-release-") as scratch:
        place, own = Path(scratch), checklist.files[1:]
        tree = Tree(git, head, *own_files(checklist, asked)) if head is not None else Tree()
        yield Context(asked, checklist.plan, programs, git, head, range_, place, no_head, own, tree, clock)


def _check_names(checklist: Checklist, asked: Asked) -> None:
    kinds = {item.id: item.kind for item in checklist.items}
    for name in (*asked.results, *asked.exit_codes):
        if name not in kinds:
            raise UserError(f'no item "{name}" in the checklist "{checklist.plan}"{did_you_mean(name, kinds)}')
        if kinds[name] not in _IMPORTABLE:
            takes = ", ".join(one for one, kind in kinds.items() if kind in _IMPORTABLE)
            raise UserError(f'item "{name}" takes no result of CI (those that do: {takes})')


def _notes(context: Context, *, broken_off: bool) -> Iterator[str]:
    if broken_off:
        yield "broken off by the user: what had not ended was not measured"
    if context.head is None:
        yield f"{context.no_head}: what was measured belongs to no commit"
    elif context.tree.before():
        yield f"{context.tree.before()}: no command was run in it"
    if context.range and not context.asked.range:
        yield f"no range was named: {context.range} is what changed since the last tag"
    for host in context.asked.hosts:
        yield from host.notes()


def _all(checklist: Checklist, context: Context, at_once: int, tell: Tell) -> tuple[dict[str, Finding], bool]:
    """Every item's finding by its id, and whether the user broke it off."""
    findings: dict[str, Finding] = {}
    broken_off = False
    try:
        for item in checklist.items:
            if item.wants.get("changes") and not item.after:
                findings[item.id] = _measured(item, context, tell)
        _side_by_side(checklist, context, at_once, tell, findings)
    except KeyboardInterrupt:
        broken_off = True
        context.programs.give_up()
    for item in checklist.items:
        findings.setdefault(item.id, _finding(item, unseen("broken off before it ended"), context, 0.0))
    return findings, broken_off


def _side_by_side(
    checklist: Checklist, context: Context, at_once: int, tell: Tell, findings: dict[str, Finding]
) -> None:
    waiting = [item for item in checklist.items if item.id not in findings]
    running: dict[Future[Finding], Item] = {}
    told_at = time.monotonic()
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="release")
    try:
        while waiting or running:
            for item in [one for one in waiting if not one.after or one.after in findings]:
                waiting.remove(item)
                later = _not_due(item, findings, context)
                if later is not None:
                    findings[item.id] = _finding(item, later, context, 0.0)
                    tell(item, findings[item.id])
                else:
                    running[pool.submit(_measured, item, context, tell)] = item
            done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
            if time.monotonic() - told_at > _STILL:
                told_at = time.monotonic()
                for item in running.values():
                    tell(item, None)
            for future in done:
                findings[running.pop(future).id] = future.result()
    except KeyboardInterrupt:
        context.programs.give_up()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _not_due(item: Item, findings: Mapping[str, Finding], context: Context) -> Seen | None:
    """Why an item is not due yet, or nobody knows whether it is; None where it is."""
    if not item.after or findings[item.after].state in DONE:
        return None
    before = findings[item.after]
    if before.state is not State.UNMEASURED:
        return Seen(State.LATER, f"due once {item.after} is met")
    if item.skip or applies(item, context):
        return None  # due or not, it does not apply
    return unseen(f"whether it is due is not known: {item.after} is not measured: {before.reason}", before.remedy)


def _measured(item: Item, context: Context, tell: Tell) -> Finding:
    tell(item, None)
    began = time.monotonic()
    why_not = item.skip or applies(item, context)
    if why_not:
        seen = Seen(State.NOT_APPLICABLE, why_not)
    else:
        try:
            seen = _MEASURES[item.kind](item, context)
        except OpscheckError as error:
            seen = unseen(str(error))
        if seen.state is State.UNMEASURED and not seen.remedy and item.kind == "command":
            seen = replace(
                seen, remedy=f'mend that; or leave it out by --checklist FILE: [items.{item.id}] skip = "WHY"'
            )
    finding = _finding(item, seen, context, time.monotonic() - began)
    tell(item, finding)
    return finding


def _finding(item: Item, seen: Seen, context: Context, seconds: float) -> Finding:
    imported = item.id in context.asked.results or item.id in context.asked.exit_codes
    how = "attested" if item.kind == "attested" else "imported" if imported else "automatic"
    found = Finding(
        id=item.id,
        title=item.title,
        kind=item.kind,
        state=seen.state,
        reason=seen.reason,
        evidence=seen.evidence,
        remedy=item.remedy if item.remedy and seen.state is State.NOT_MET else seen.remedy,
        how=how,
        counts=item.counts,
        waiver=seen.waiver,
        seconds=seconds,
    )
    return settle(found, item, context.clock())


def settle(found: Finding, item: Item, now: datetime) -> Finding:
    """With its waiver: one that still runs lets the release go, one that has ended does not. Pure."""
    if item.waived is None:
        return found
    waiver = item.waived.line()
    if item.waived.ended(now):
        reason = f"its waiver has ended: {found.reason}" if not found.state.lets_go else found.reason
        return replace(found, waiver=f"ended: {waiver}", reason=reason)
    if found.state.lets_go:
        return replace(found, waiver=f"not needed: {waiver}")
    evidence = (f"{found.state.value}: {found.reason}", *found.evidence)
    return replace(found, state=State.WAIVED, reason=waiver, evidence=evidence, waiver=waiver, remedy="")
