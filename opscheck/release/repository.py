"""Items that the repository answers: documents in a range of commits, files, the changelog, results of CI."""

from __future__ import annotations

import json
import re

from opscheck.local_files import read_file
from opscheck.release.asked import Context, unseen
from opscheck.release.changelog import judge_changelog
from opscheck.release.checklist import Item
from opscheck.release.ci import CiRun, ci_of_junit, ci_of_report, judge_ci
from opscheck.release.documents import judge_documents, matches
from opscheck.release.git import NoGit
from opscheck.release.junit import BadResults, read_junit
from opscheck.release.logs import legacy_path
from opscheck.release.tree import SETTLE
from opscheck.release.words import Seen, State
from opscheck.report.run import RunReport
from opscheck.report.visible import visible


def measure_documents(item: Item, context: Context) -> Seen:
    """What the range changes, against the rules."""
    if not context.range:
        reason = "there is no range of commits, and no tag that one could begin at"
        return unseen(reason, "name the range of the release: --range v1..HEAD")
    try:
        changed = context.git.changed(context.range)
    except NoGit as error:
        return unseen(str(error), "name the range of the release: --range v1..HEAD")
    return judge_documents(changed, item.wants["rules"], context.range)


def applies(item: Item, context: Context) -> str:
    """Why an item does not apply by what the range changes; empty where it applies, or nobody can tell."""
    if not item.only_if_changed or not context.range:
        return ""
    try:
        changed = context.git.changed(context.range)
    except NoGit:
        return ""
    if any(matches(path, item.only_if_changed) for path in changed):
        return ""
    return f"{context.range} changes nothing of {', '.join(item.only_if_changed)}"


def measure_file(item: Item, context: Context) -> Seen:
    """A file is there, and holds what it has to."""
    name, wanted = item.wants["path"], item.wants.get("matches", "")
    if context.tree.holds(context.path(name)):
        return unseen(f"{name} differs from HEAD: it is not what the commit holds", SETTLE)
    file = read_file(context.path(name))
    if file.problem:
        missing = not context.path(name).exists()
        return Seen(State.NOT_MET, f"{name} is not there") if missing else unseen(f"{name}: {file.problem}")
    if not file.content.strip():
        return Seen(State.NOT_MET, f"{name} is empty")
    found = re.search(wanted, file.content.decode("utf-8", "replace"), re.MULTILINE) if wanted else None
    if wanted and found is None:
        return Seen(State.NOT_MET, f"nothing in {name} matches {visible(wanted, 80)!r}")
    more = (f"it says: {visible(found.group(), 160)}",) if found else ()
    return Seen(State.MET, f"{name} is there", (f"{name}: {len(file.content)} bytes", *more))


def measure_changelog(item: Item, context: Context) -> Seen:
    """Its newest entry."""
    name = item.wants["path"]
    if context.tree.holds(context.path(name)):
        return unseen(f"{name} differs from HEAD: it is not what the commit holds", SETTLE)
    file = read_file(context.path(name))
    if file.problem and not context.path(name).exists():
        return Seen(State.NOT_MET, f"{name} is not there", (), "write one, its newest entry on top")
    if file.problem:
        return unseen(f"{name}: {file.problem}")
    path = legacy_path(context.asked.hosts).rstrip("/")
    mentions = [word.replace("{legacy_path}", path) for word in item.wants.get("mentions", ())]
    return judge_changelog(file.content.decode("utf-8", "replace"), name, mentions)


def measure_ci(item: Item, context: Context) -> Seen:
    """The report of a run in CI: JSON of opscheck, or JUnit XML."""
    given = context.asked.results.get(item.id)
    if given is None and "path" not in item.wants:
        remedy = f"run the legacy suite in CI with FAIL_ON_LEGACY=true and a report; --junit {item.id}=FILE takes it"
        return unseen("CI has handed over no results", remedy)
    path = given if given is not None else context.path(item.wants["path"])
    file = read_file(path)
    if file.problem:
        return unseen(f"the results {visible(path, 120)}: {file.problem}", f"--junit {item.id}=FILE")
    try:
        run = _ci(file.content, str(path))
    except (BadResults, ValueError) as error:
        return unseen(f"{visible(path, 120)}: {visible(error, 160)}", "a JSON report of opscheck, or JUnit XML")
    head = context.head.at if context.head is not None else None
    fresh = item.span("fresh", "24h") if "fresh" in item.wants else None
    return judge_ci(run, item.wants["needs_checks"], commit=head, now=context.clock(), fresh=fresh)


def _ci(content: bytes, name: str) -> CiRun:
    if content.lstrip()[:1] == b"{":
        return ci_of_report(RunReport.from_dict(json.loads(content)), name)
    return ci_of_junit(read_junit(content), name)
