"""The policy of a checklist: when a release may go, and the one sentence that says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from opscheck.release.words import Finding, Go, State

EXIT_CODES: Final = {Go.GO: 0, Go.NO_GO: 1}


class Gone(Protocol):
    """A checklist that was gone through."""

    @property
    def findings(self) -> Sequence[Finding]:
        """One of each item."""

    @property
    def release(self) -> str:
        """What the decision is about."""


def decide(findings: Iterable[Finding]) -> Go:
    """GO only where every item that counts is met, waived, not applicable or not due, and at least one is met.

    What could not be measured, and what nobody has attested, is NO-GO: it is never taken for met.
    """
    counted = [finding for finding in findings if finding.counts]
    if not any(finding.state is State.MET for finding in counted):
        return Go.NO_GO
    return Go.NO_GO if any(finding.stands_in_the_way for finding in counted) else Go.GO


def obstacles(findings: Iterable[Finding]) -> list[Finding]:
    """What stands in the way, gravest first, else in the order of the checklist."""
    order = list(State)
    return sorted((one for one in findings if one.stands_in_the_way), key=lambda one: order.index(one.state))


def counts(findings: Iterable[Finding]) -> dict[State, int]:
    """How many items have each state, gravest first; states that do not occur are left out."""
    found = Counter(finding.state for finding in findings)
    return {state: found[state] for state in State if found[state]}


def headline(report: Gone) -> str:
    """One sentence, such as `NO-GO: 2 of 10 items stand in the way: 1 not met, 1 not measured`."""
    decision = decide(report.findings)
    counted = [finding for finding in report.findings if finding.counts]
    standing = obstacles(counted)
    of = f"of {len(counted)} item{'' if len(counted) == 1 else 's'}"
    if standing:
        parts = ", ".join(f"{number} {state.value}" for state, number in counts(standing).items())
        return f"{decision}: {len(standing)} {of} stand{'s' if len(standing) == 1 else ''} in the way: {parts}"
    if decision is Go.NO_GO:
        return f"{decision}: no item was met, so nothing speaks for it"
    more = counts(counted)
    told = [
        f"{more[state]} {state.value}" for state in (State.WAIVED, State.NOT_APPLICABLE, State.LATER) if state in more
    ]
    return f"{decision}: {more[State.MET]} {of} met" + (f", {', '.join(told)}" if told else "")
