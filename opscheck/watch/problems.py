"""What is wrong in a report, told once for each root cause: what notifications and the status page speak of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from opscheck.model import Outcome
from opscheck.report.causes import root_causes, unmeasured_alone
from opscheck.report.run import Result
from opscheck.report.triage import LikelyCause, Triage

Place = tuple[str, str]  # host and check

ROUNDS: Final = "watch/rounds"  # the key of the problem that rounds fail
_SEE: Final = "run the same options with opscheck run, and see what it says"
SEVERITIES: Final = {Outcome.FAIL: "critical", Outcome.UNMEASURED: "warning", Outcome.DEGRADED: "info"}
_WRONG: Final = frozenset({Outcome.FAIL, Outcome.UNMEASURED, Outcome.BLOCKED, Outcome.DEGRADED})
_UNSEEN: Final = frozenset({Outcome.UNMEASURED, Outcome.BLOCKED})
_LINK: Final = re.compile(r"https?://[^\s<>\"']+")


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, however many checks show it.

    Attributes:
        key: the same in every round that shows it.
        host: where; empty for what is wrong with the watching machine itself.
        check: the check that shows it; of a root cause the check at the root, empty where that was not judged.
        outcome: FAIL, UNMEASURED or DEGRADED.
        places: every host and check that shows it.
        blocked: how many more results stand behind it.
        section: of a runbook, where triage knows it.
    """

    key: str
    host: str
    check: str
    outcome: Outcome
    reason: str
    places: frozenset[Place]
    remedy: str = ""
    likely_cause: str = ""
    cause: str = ""
    blocked: int = 0
    section: str = ""

    @property
    def severity(self) -> str:
        """`critical`, `warning` or `info`."""
        return SEVERITIES[self.outcome]

    @property
    def runbook(self) -> str:
        """Its section, or the first address in its remedy; empty where there is neither."""
        if self.section:
            return self.section
        found = _LINK.search(self.remedy)
        return found.group().rstrip(".,;:)") if found else ""


def no_rounds(why: str) -> Problem:
    """Rounds that come to no report, or to one that does not tell all."""
    return Problem(ROUNDS, "", "", Outcome.UNMEASURED, why, frozenset(), _SEE)


def gravest(results: Iterable[Result]) -> dict[Place, Outcome]:
    """The gravest outcome of each check on each host."""
    found: dict[Place, Outcome] = {}
    for result in results:
        place = (result.host, result.check)
        known = found.get(place, result.outcome)
        found[place] = min(known, result.outcome, key=lambda outcome: outcome.gravity)
    return found


def problems(results: Iterable[Result], triage: Triage | None = None) -> dict[str, Problem]:
    """Everything that is wrong, by key; what triage explains by one cause is one problem a host."""
    judged = [result for result in results if result.outcome in _WRONG]
    found: dict[str, Problem] = {}
    for cause in triage.causes if triage is not None else ():
        ids = {*cause.results, *cause.behind}
        for host in cause.hosts:
            mine = [result for result in judged if result.host == host and result.id in ids]
            if mine:
                key = f"likely/{cause.signature}/{cause.title}/{host}"
                found[key] = _likely(key, cause, mine)
        judged = [result for result in judged if result.id not in ids]
    found |= _causes(judged)
    for result in sorted(judged, key=lambda one: one.outcome.gravity):
        if result.outcome in (Outcome.FAIL, Outcome.DEGRADED):
            key = f"{result.host}/{result.check}/{result.outcome.value}"
            found.setdefault(key, _of(result, key))
    for result in unmeasured_alone(judged):
        key = f"{result.host}/{result.check}/{Outcome.UNMEASURED.value}"
        found.setdefault(key, _of(result, key))
    return found


def _of(result: Result, key: str) -> Problem:
    return Problem(
        key,
        result.host,
        result.check,
        result.outcome,
        result.reason,
        frozenset({(result.host, result.check)}),
        result.remedy,
        result.likely_cause,
    )


def _likely(key: str, cause: LikelyCause, results: Iterable[Result]) -> Problem:
    first, *others = sorted(results, key=lambda one: (one.outcome.gravity, one.id not in cause.results))
    return replace(
        _of(first, key),
        outcome=Outcome.UNMEASURED if first.outcome is Outcome.BLOCKED else first.outcome,
        places=frozenset((one.host, one.check) for one in (first, *others)),
        remedy=cause.remedy or first.remedy,
        likely_cause=cause.cause,
        cause=cause.title,
        blocked=len(others),
        section=cause.runbook,
    )


def _causes(results: Iterable[Result]) -> dict[str, Problem]:
    found: dict[str, Problem] = {}
    for cause in root_causes(results):
        behind = (*cause.roots, *cause.blocked)
        hosts = {result.host for result in behind}
        key = f"cause/{_stable(cause.id)}"
        found[key] = Problem(
            key,
            next(iter(hosts)) if len(hosts) == 1 else "",
            cause.roots[0].check if cause.roots else "",
            Outcome.UNMEASURED,
            cause.reason,
            frozenset((result.host, result.check) for result in behind),
            cause.remedy,
            next((result.likely_cause for result in behind if result.likely_cause), ""),
            cause.id,
            len(cause.blocked),
        )
    return found


def _stable(cause: str) -> str:
    """A cause without the way it shows: a host that is down refuses first and times out later, and is one incident.

    >>> _stable("prod:agent:refused")
    'prod:agent'
    """
    component, colon, _ = cause.rpartition(":")
    return component if colon and ":" in component else cause


def recovered(problem: Problem, now: Mapping[Place, Outcome]) -> bool | None:
    """Whether a problem that a round did not show is over; None where the round could not tell.

    What is no longer checked is over; what could not be measured is not.
    """
    outcomes = {now[place] for place in problem.places if place in now}
    if problem.outcome is Outcome.UNMEASURED:
        return True if not outcomes & _UNSEEN else None
    return True if not outcomes & _UNSEEN and problem.outcome not in outcomes else None
