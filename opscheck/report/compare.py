"""Two runs, check by check: what broke, what was fixed, what is slower, what appeared, what is gone. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from opscheck.model import Json, Outcome
from opscheck.report.latency import latency_ms
from opscheck.report.run import Result, RunReport
from opscheck.report.waived import NOT_IN_ORDER

SLOWER_FACTOR: Final = 1.5  # times the latency before
SLOWER_MS: Final = 100.0  # and at least this much more: a fast answer that doubles is noise
_UNSEEN: Final = frozenset({Outcome.UNMEASURED, Outcome.BLOCKED})
_FAILING: Final = frozenset({Outcome.FAIL, Outcome.WAIVED})  # a waived failure is one that was accepted
_MENDED: Final = "the waiver was mended or removed"


class Kind(StrEnum):
    """What became of a check from one run to the next, gravest first."""

    BROKE = "new failure"
    STILL = "still failing"
    LOST = "no longer measured"
    UNSEEN = "still not measured"
    WORSE = "worse"
    GONE = "gone"
    FIXED = "fixed"
    FOUND = "measured again"
    BETTER = "better"
    APPEARED = "appeared"
    SAME = "the same"


@dataclass(frozen=True, slots=True)
class Change:
    """One check on one host in both runs.

    Attributes:
        name: what both runs call it: the node id, without the folders that lead to the suite.
        before, after: its results; None in the run that did not judge it.
        why: for one that the run after does not have, why, where that is known; else empty.
    """

    name: str
    kind: Kind
    before: Result | None
    after: Result | None
    why: str = ""

    @property
    def latest(self) -> Result:
        """The later of the two results."""
        found = self.after or self.before
        if found is None:
            raise ValueError(f"{self.name}: a change needs a result")
        return found

    @property
    def before_ms(self) -> float | None:
        """How long its slowest exchange took in the run before, milliseconds."""
        return latency_ms(self.before) if self.before else None

    @property
    def after_ms(self) -> float | None:
        """The same in the run after."""
        return latency_ms(self.after) if self.after else None

    def as_dict(self) -> Json:
        """JSON-ready, without the evidence."""
        latest = self.latest
        return {
            "id": latest.id,
            "check": latest.check,
            "host": latest.host,
            "kind": self.kind.value,
            "before": self.before.outcome.value if self.before else None,
            "after": self.after.outcome.value if self.after else None,
            "before_ms": self.before_ms,
            "after_ms": self.after_ms,
            "reason": self.why or latest.reason,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both runs, check by check.

    Attributes:
        changes: every check of either run, the gravest change first, then by host and name.
        slower: those that took notably longer to answer than before, the worst first; whatever became of them.
        notes: what makes the two runs less comparable, each one line.
    """

    before: RunReport
    after: RunReport
    changes: Sequence[Change]
    slower: Sequence[Change] = ()
    notes: Sequence[str] = ()

    def of(self, *kinds: Kind) -> list[Change]:
        """The changes of some kinds."""
        return [one for one in self.changes if one.kind in kinds]

    @property
    def new_failures(self) -> list[Change]:
        """Failing after, and not before: also a check that was not there before, or could not be measured."""
        return self.of(Kind.BROKE)

    @property
    def fixed(self) -> list[Change]:
        """Failing before, good or degraded after; also a waiver that was not in order, and is now or is gone."""
        return self.of(Kind.FIXED)

    @property
    def still_failing(self) -> list[Change]:
        """Failing in both, waived or not."""
        return self.of(Kind.STILL)

    @property
    def appeared(self) -> list[Change]:
        """Judged only after, whatever came of it."""
        return [one for one in self.changes if one.before is None]

    @property
    def gone(self) -> list[Change]:
        """Judged only before, and nobody knows how it is now."""
        return self.of(Kind.GONE)

    @property
    def regressed(self) -> bool:
        """Something is worse than before: a new failure, one no longer measured, degraded, or gone."""
        return bool(self.of(Kind.BROKE, Kind.LOST, Kind.WORSE, Kind.GONE))

    def counts(self) -> Mapping[Kind, int]:
        """How many checks of each kind, gravest first; kinds that do not occur are left out."""
        found = Counter(one.kind for one in self.changes)
        return {kind: found[kind] for kind in Kind if found[kind]}

    def headline(self) -> str:
        """One sentence, for example `1 new failure, 2 fixed, 38 the same; 1 slower`."""
        told = ", ".join(_counted(kind, number) for kind, number in self.counts().items()) or "no check in either run"
        return told + (f"; {len(self.slower):,} slower" if self.slower else "")

    def as_dict(self) -> Json:
        """JSON-ready: what changed, without what stayed the same."""
        return {
            "before": self.before.run.id,
            "after": self.after.run.id,
            "headline": self.headline(),
            "regressed": self.regressed,
            "counts": {kind.value: number for kind, number in self.counts().items()},
            "changes": [one.as_dict() for one in self.changes if one.kind is not Kind.SAME],
            "slower": [one.as_dict() for one in self.slower],
            "notes": list(self.notes),
        }


def compare(
    before: RunReport, after: RunReport, *, factor: float = SLOWER_FACTOR, more_ms: float = SLOWER_MS
) -> Comparison:
    """Hold two runs against each other.

    Args:
        factor: a check is slower when it took more than this many times as long,
        more_ms: and longer by more than this, milliseconds.
    """
    first, second = _named(before.results), _named(after.results)
    gaps = {_short(gap.id): gap.why for gap in after.gaps}
    changes = [
        _change(name, first.get(name), second.get(name), gaps.get(_short(name), ""))
        for name in dict.fromkeys([*second, *first])
    ]
    order = {kind: rank for rank, kind in enumerate(Kind)}
    changes.sort(key=lambda one: (order[one.kind], one.latest.host, one.name))
    slower = [one for one in changes if _is_slower(one, factor, more_ms)]
    slower.sort(key=lambda one: (one.before_ms or 0.0) - (one.after_ms or 0.0))
    return Comparison(before, after, tuple(changes), tuple(slower), tuple(_notes(before, after)))


def _change(name: str, before: Result | None, after: Result | None, why: str) -> Change:
    if before is not None and before.check == NOT_IN_ORDER and after is None:
        # Only a waiver that is not in order has a result: that it has none any more is no loss of sight.
        return Change(name, Kind.FIXED, before, None, _MENDED)
    return Change(name, _kind(before, after), before, after, why if after is None else "")


def _kind(before: Result | None, after: Result | None) -> Kind:
    if after is None:
        return Kind.GONE
    new, old = _standing(after), _standing(before) if before else None
    if old in _UNSEEN and new in _UNSEEN:
        return Kind.UNSEEN
    if new in _UNSEEN:
        return Kind.LOST if before else Kind.APPEARED
    if old in _FAILING and new in _FAILING:
        return Kind.SAME if old is new is Outcome.WAIVED else Kind.STILL
    if new is Outcome.FAIL:
        return Kind.BROKE
    return _among_good(old, new)


def _standing(result: Result) -> Outcome:
    """The outcome; of what could not be measured and was waived for it, that: nobody has seen anything."""
    taken = {waiver.get("outcome") for waiver in result.waivers}
    if result.outcome is Outcome.WAIVED and taken and taken <= {outcome.value for outcome in _UNSEEN}:
        return Outcome.UNMEASURED
    return result.outcome


def _among_good(old: Outcome | None, new: Outcome) -> Kind:
    """The kind of a check that does not fail after, or whose failure is waived."""
    if old is None:
        return Kind.APPEARED
    if old in _FAILING:
        return Kind.FIXED
    if old in _UNSEEN:
        return Kind.FOUND
    if old is new:
        return Kind.SAME
    return Kind.WORSE if new.gravity < old.gravity else Kind.BETTER


def _is_slower(change: Change, factor: float, more_ms: float) -> bool:
    if change.before is None or change.after is None:
        return False
    if _UNSEEN & {change.before.outcome, change.after.outcome}:
        return False  # the time until nothing came is no latency
    old, new = change.before_ms, change.after_ms
    return old is not None and new is not None and new > old * factor and new - old > more_ms


def _named(results: Iterable[Result]) -> dict[str, Result]:
    """Results by a name that does not depend on where the run was started; by the whole id where that is not unique."""
    judged = [one for one in results if one.outcome is not Outcome.NOT_APPLICABLE]
    short = Counter(_short(one.id) for one in judged)
    named: dict[str, Result] = {}
    # The gravest last: where two files' tests have one id, the better result must not hide the worse.
    for one in sorted(judged, key=lambda result: -result.outcome.gravity):
        named[name if short[name := _short(one.id)] == 1 else one.id] = one
    return named


def _short(identifier: str) -> str:
    """The id without the folders before the suite's own: those tell where somebody stood.

    >>> _short("../lib/opscheck/suites/smoke/test_ready.py::test_ready[prod]")
    'smoke/test_ready.py::test_ready[prod]'
    """
    path, colons, test = identifier.partition("::")
    return "/".join(path.replace("\\", "/").split("/")[-2:]) + colons + test


def _notes(before: RunReport, after: RunReport) -> Iterable[str]:
    for word, run in (("before", before), ("after", after)):
        if run.incomplete:
            yield f"the run {word} is incomplete: {run.incomplete}"
    for word, one, other in (("before", before, after), ("after", after, before)):
        only = sorted({host.name for host in one.hosts} - {host.name for host in other.hosts})
        if only:
            yield f"only the run {word} asked {', '.join(only)}"
    if after.run.started < before.run.started:
        yield "the run after was started before the run before"
    if before.run.version != after.run.version:
        yield f"the runs are of two versions: {before.run.version} and {after.run.version}"


def _counted(kind: Kind, number: int) -> str:
    word = "new failures" if kind is Kind.BROKE and number != 1 else kind.value
    return f"{number:,} {word}"
