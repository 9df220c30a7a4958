"""Items that a command answers, run here or imported from CI: exit codes, words that it says, results."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from opscheck.local_files import read_file
from opscheck.release.asked import Context, unseen
from opscheck.release.checklist import Item
from opscheck.release.junit import BadResults, judge_results, read_junit
from opscheck.release.processes import Ran
from opscheck.release.tree import SETTLE
from opscheck.release.words import Seen, State
from opscheck.report.visible import visible

_PLACE: Final = re.compile(r"\{(host|hosts|scratch|range|python|folder)\}")
_OPSCHECK: Final = "{opscheck}"
_COARSE: Final = 1_000_000_000  # nanoseconds by which a file system's clock may be behind
_ENDED: Final = "it ended with"
_SHOWN: Final = 4  # last lines of what a command wrote


def judge_code(
    code: int, codes: Mapping[str, Mapping[str, str]], *, bits: bool, output: str | None = None
) -> tuple[State, str]:
    """What an exit code says: the state, and its meaning in words.

    Args:
        codes: exit code to `means`, `is` and perhaps `says`; those that are not there are not met, 0 is met.
        bits: each set bit is a code of its own.
        output: what the command wrote; None where only its code is known. A code that comes without the words that
            belong to it is another program's way to break, and says nothing.
    """
    used = [str(1 << bit) for bit in range(8) if code & 1 << bit] if bits else [str(code)]
    mute = [one for one in used if output is not None and not re.search(codes.get(one, {}).get("says", ""), output)]
    if mute:
        return State.UNMEASURED, f"{_ENDED} {code}, and without what this code stands for"
    if code == 0 and "0" not in codes:
        return State.MET, f"{_ENDED} 0"
    if not bits:
        told = codes.get(str(code))
        return (State(told["is"]), told["means"]) if told else (State.NOT_MET, f"{_ENDED} {code}")
    parts = [1 << bit for bit in range(8) if code & 1 << bit]
    known = [codes[str(part)] for part in parts if str(part) in codes]
    rest = sum(part for part in parts if str(part) not in codes)
    meanings = [told["means"] for told in known] + ([f"bit {rest} of {code}, which nobody explains"] if rest else [])
    states = [State(told["is"]) for told in known] + ([State.NOT_MET] if rest else [])
    order = list(State)
    return min(states, key=order.index), "; ".join(meanings)


def measure_command(item: Item, context: Context) -> Seen:
    """Run it, or take what CI says of it."""
    asked = context.asked
    if item.id in asked.exit_codes or item.id in asked.results:
        return _imported(item, context)
    changes = item.wants.get("changes", "")
    if changes and not asked.allow_changes:
        reason = f"it was not run: {changes}"
        return unseen(reason, f"--allow-changes, or import CI's result: --exit-code {item.id}=0")
    differs = context.tree.before()
    if differs:
        return unseen(f"it was not run: {differs}", f"{SETTLE}; or import CI's result for the commit: {_import(item)}")
    seen = _run(item, context)
    moved = context.tree.since() if seen.state is State.MET else ""
    return unseen(f"{moved}: what was run may not be what the commit holds", SETTLE, seen.evidence) if moved else seen


def _import(item: Item) -> str:
    return f"--exit-code {item.id}=N" + (f", --junit {item.id}=FILE" if "junit" in item.wants else "")


def _run(item: Item, context: Context) -> Seen:
    """Its steps, up to the first that does not succeed."""
    steps = item.wants.get("steps") or [{"run": item.wants["command"], "says": item.wants.get("says", "")}]
    told: list[str] = []
    seen = Seen(State.MET, "")
    began = time.time_ns() - _COARSE
    for number, step in enumerate(steps, 1):
        words = filled(step["run"], context)
        if isinstance(words, str):
            return unseen(words)
        done = context.programs.run(words, deadline=item.deadline, env=item.wants.get("env"))
        line = visible(" ".join(step["run"]).replace(_OPSCHECK, "opscheck"), 120)
        told.append(f"$ {line}  ({_ended(done)}, {done.seconds:.1f} s)")
        seen = _judged(item, step, done)
        if seen.state is not State.MET:
            where = f"step {number} of {len(steps)}, {line}: " if len(steps) > 1 else ""
            written = _results(item, context, began).evidence if "junit" in item.wants and done.code == 1 else ()
            return Seen(seen.state, f"{where}{seen.reason}", (*told, *(written or _last(done))), seen.remedy)
    if "junit" in item.wants:
        results = _results(item, context, began)
        return Seen(results.state, results.reason, (*told, *results.evidence), results.remedy)
    many = f"all of {len(steps)} steps succeeded" if len(steps) > 1 else seen.reason
    return Seen(State.MET, many, tuple(told))


def _ended(done: Ran) -> str:
    return done.problem or f"exit code {done.code}"


def _last(done: Ran) -> tuple[str, ...]:
    return tuple(f"  {visible(line, 200)}" for line in done.last_lines(_SHOWN))


def _judged(item: Item, step: Mapping[str, Any], done: Ran) -> Seen:
    if done.code is None:
        return unseen(done.problem, f"mend that, or import CI's result: --exit-code {item.id}=N")
    codes, bits = item.wants.get("codes", {}), item.wants.get("bits", False)
    state, means = judge_code(done.code, codes, bits=bits, output=done.output)
    if state is not State.MET:
        last = next(iter(done.last_lines(1)), "")
        said = f": {visible(last, 160)}" if last else ""
        reason = f"{means}{said}" if means.startswith(_ENDED) else f"{means} (exit code {done.code})"
        return Seen(state, reason, remedy=_remedy(done.code, codes, means))
    nothing = re.search(item.wants["nothing"], done.output) if "nothing" in item.wants else None
    if nothing is not None:
        return unseen(f"it succeeded, and had nothing to look at: {visible(nothing.group(), 120)}")
    says = step.get("says", "")
    if says and not re.search(says, done.output):
        return Seen(State.NOT_MET, _unsaid(step, done.output))
    return Seen(State.MET, means)


def _unsaid(step: Mapping[str, Any], output: str) -> str:
    """What it means that a step succeeded without a word that it should have said."""
    found = re.search(step["tells"], output, re.MULTILINE) if "tells" in step else None
    told = f": {visible(found.group(), 160)}" if found is not None else ""
    means = step.get("otherwise") or f"it succeeded, and did not say {visible(step['says'], 80)!r}"
    return f"{means}{told}"


def _remedy(code: int, codes: Mapping[str, Mapping[str, str]], means: str) -> str:
    """What to do about an exit code, where the checklist says so and the code was taken for what it means there."""
    told = codes.get(str(code), {})
    return told.get("remedy", "") if told.get("means") == means else ""


def _results(item: Item, context: Context, began: int) -> Seen:
    """The results that the command itself wrote, and not those of an earlier run."""
    name = filled([item.wants["junit"]], context)
    if isinstance(name, str):
        return unseen(name)
    path = context.path(name[0])
    if path.is_file() and path.stat().st_mtime_ns < began:
        return unseen(f"the command left the results {visible(item.wants['junit'], 120)} as they were before")
    return judge_file(path, Path(item.wants["junit"]).name, context)


def _imported(item: Item, context: Context) -> Seen:
    """What CI says of it: both, where it says both."""
    found = []
    code = context.asked.exit_codes.get(item.id)
    if code is not None:
        state, means = judge_code(code, item.wants.get("codes", {}), bits=item.wants.get("bits", False))
        remedy = _remedy(code, item.wants.get("codes", {}), means)
        found.append(Seen(state, f"by CI: {means}", (f"--exit-code {item.id}={code}",), remedy))
    results = context.asked.results.get(item.id)
    if results is not None:
        found.append(judge_file(results, str(results), context))
    order = list(State)
    worst = min(found, key=lambda seen: order.index(seen.state))
    return Seen(worst.state, worst.reason, tuple(line for seen in found for line in seen.evidence), worst.remedy)


def judge_file(path: Path, name: str, context: Context) -> Seen:
    """JUnit XML in a file, held against the commit that is to be released."""
    file = read_file(path)
    if file.problem:
        return unseen(f"the results {visible(name, 120)}: {file.problem}", "name the file that the tests wrote")
    try:
        results = read_junit(file.content)
    except BadResults as error:
        return unseen(f"{visible(name, 120)} {error}", "name JUnit XML")
    return judge_results(results, name, commit=context.head.at if context.head is not None else None)


def measure_junit(item: Item, context: Context) -> Seen:
    """Results that are imported, or lie where the checklist says."""
    given = context.asked.results.get(item.id)
    if given is None and "path" not in item.wants:
        return unseen("no results were handed over", f"--junit {item.id}=FILE")
    path = given if given is not None else context.path(item.wants["path"])
    return judge_file(path, str(given or item.wants["path"]), context)


def filled(words: Sequence[str], context: Context) -> list[str] | str:
    """The words with what stands in braces filled in; a sentence where something is missing."""
    hosts = context.asked.words
    values = {
        "host": hosts[0] if len(hosts) == 1 else "",
        "hosts": ",".join(hosts),
        "scratch": str(context.scratch),
        "range": context.range,
        "python": sys.executable,
        "folder": str(context.asked.folder),
    }
    lacking = {
        "host": "no host was named" if not hosts else "it takes one host, and several were named",
        "hosts": "no host was named",
        "range": "there is no range of commits, and no tag that one could begin at",
    }
    found: list[str] = []
    for word in words:
        missing = [name for name in _PLACE.findall(word) if not values[name]]
        if missing:
            return lacking[missing[0]]
        if word == _OPSCHECK:
            found += [sys.executable, "-m", "opscheck"]
        else:
            found.append(_PLACE.sub(lambda match: values[match[1]], word))
    return found
