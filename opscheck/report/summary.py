"""The policy: what the outcomes of a run decide, its exit code, and the one sentence that says so.

Nothing else in opscheck decides GO or NO-GO; every renderer asks here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Final, Protocol

from opscheck.model import Outcome


class Decision(StrEnum):
    """What a run comes to."""

    GO = "GO"
    DEGRADED = "DEGRADED"
    FAIL = "FAIL"
    UNMEASURED = "UNMEASURED"


EXIT_CODES: Final = {
    Decision.GO: 0,
    Decision.DEGRADED: 10,
    Decision.FAIL: 20,
    Decision.UNMEASURED: 30,
}
_UNSEEN: Final = (Outcome.UNMEASURED, Outcome.BLOCKED)


class Judged(Protocol):
    """Whatever has an outcome on a host."""

    @property
    def outcome(self) -> Outcome:
        """What became of the check."""

    @property
    def host(self) -> str:
        """The host's name."""


class Run(Protocol):
    """What a headline is about."""

    @property
    def results(self) -> Sequence[Judged]:
        """Every check that was judged."""

    @property
    def strict(self) -> bool:
        """DEGRADED counts as FAIL."""

    @property
    def incomplete(self) -> str:
        """Why not everything that was selected was judged; empty where it was."""


def counts(results: Iterable[Judged]) -> dict[Outcome, int]:
    """How many results have each outcome, gravest first; outcomes that do not occur are left out."""
    found = Counter(result.outcome for result in results)
    return {outcome: found[outcome] for outcome in Outcome if found[outcome]}


def counts_by_host(results: Iterable[Judged]) -> dict[str, dict[Outcome, int]]:
    """The same for each host that has results."""
    found: dict[str, list[Judged]] = {}
    for result in results:
        found.setdefault(result.host, []).append(result)
    return {host: counts(mine) for host, mine in found.items()}


def decide(results: Iterable[Judged], *, strict: bool = False, complete: bool = True) -> Decision:
    """What the results come to; a run that judged nothing, or was broken off, is UNMEASURED, never GO."""
    found = {result.outcome for result in results} - {Outcome.NOT_APPLICABLE}
    if Outcome.FAIL in found:
        return Decision.FAIL
    if not complete or not found or found.intersection(_UNSEEN):
        return Decision.UNMEASURED
    if Outcome.DEGRADED in found:
        return Decision.FAIL if strict else Decision.DEGRADED
    return Decision.GO


def exit_code(decision: Decision) -> int:
    """0 for GO, 10 for DEGRADED, 20 for FAIL, 30 for UNMEASURED."""
    return EXIT_CODES[decision]


def odd_end(code: int | None, decision: str) -> str:
    """How a run's process ended where its report does not tell all of it: `ended with 1 although no check failed`.

    Empty where code and decision fit: pytest's 0, its 1 with red checks, or the decision's own code.
    """
    red = decision in (Decision.FAIL, Decision.UNMEASURED)
    green = (EXIT_CODES[Decision.GO], EXIT_CODES[Decision.DEGRADED])
    if code in green or (red and code in (1, *EXIT_CODES.values())):
        return ""
    if code in (1, *EXIT_CODES.values()):
        return f"ended with {code} although no check failed"
    return f"was killed by signal {-code}" if code is not None and code < 0 else f"ended with {code}"


def _places(results: Iterable[Judged]) -> str:
    names = sorted({result.host for result in results})
    if len(names) > 3:
        return f"{len(names)} hosts"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1]))) if names else "no host"


def _counted_of(part: Sequence[Judged], total: int) -> str:
    return f"{len(part):,} of {total:,} check{'' if total == 1 else 's'}"


def headline(report: Run) -> str:
    """One sentence, for example `FAIL: 2 of 41 checks failed on prod`."""
    judged = [result for result in report.results if result.outcome is not Outcome.NOT_APPLICABLE]
    by = {outcome: [item for item in judged if item.outcome is outcome] for outcome in Outcome}
    unseen = [result for result in judged if result.outcome in _UNSEEN]
    decision = decide(judged, strict=report.strict, complete=not report.incomplete)
    if not judged:
        return f"{decision}: no check was judged"
    if report.incomplete and not by[Outcome.FAIL]:
        return f"{decision}: {report.incomplete}"
    if by[Outcome.FAIL]:
        failed = by[Outcome.FAIL]
        also = f", {len(unseen):,} could not be measured" if unseen else ""
        also += f"; {report.incomplete}" if report.incomplete else ""
        return f"{decision}: {_counted_of(failed, len(judged))} failed on {_places(failed)}{also}"
    if unseen:
        return f"{decision}: {_counted_of(unseen, len(judged))} could not be measured on {_places(unseen)}"
    if by[Outcome.DEGRADED]:
        weak = by[Outcome.DEGRADED]
        strict = ", which fails a strict run" if report.strict else ""
        verb = "is" if len(weak) == 1 else "are"
        return f"{decision}: {_counted_of(weak, len(judged))} {verb} degraded on {_places(weak)}{strict}"
    waived = f", {len(by[Outcome.WAIVED]):,} waived" if by[Outcome.WAIVED] else ""
    passed = by[Outcome.PASS]
    return f"{decision}: {_counted_of(passed, len(judged))} passed on {_places(judged)}{waived}"
