"""From results to likely causes: one cause explains many failures, and is told once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from opscheck.model import Host, Outcome
from opscheck.report.run import Result, RunReport
from opscheck.report.triage import LikelyCause, Triage
from opscheck.report.waived import NOT_IN_ORDER
from opscheck.triage.fill import component, fill
from opscheck.triage.signature import RED, Signature

_QUIET: Final = frozenset({Outcome.WAIVED, Outcome.NOT_APPLICABLE})


@dataclass(slots=True)
class _Found:
    """A signature, and the results of every host that it was given; the title tells one component from another."""

    signature: Signature
    title: str
    shown: list[Result] = field(default_factory=list)
    behind: list[Result] = field(default_factory=list)
    also: dict[str, None] = field(default_factory=dict)

    @property
    def rank(self) -> tuple[int, int, str]:
        """Whoever explains most comes first."""
        return -len(self.shown) - len(self.behind), -self.signature.weight, self.signature.id


def explain(report: RunReport, signatures: Iterable[Signature], hosts: Mapping[str, Host]) -> Triage:
    """The likely causes of a report, the one that explains most in front, and what none of them explains.

    A result belongs to one cause: the heaviest signature that fits claims it. What a waiver took needs no cause, and a
    waiver that is not in order is its own.

    Args:
        hosts: those of the host file, as far as they are known, to fill in commands.
    """
    ordered = sorted(signatures, key=lambda signature: (-signature.weight, signature.id))
    found: dict[str, _Found] = {}
    claimed: set[str] = set()
    for results in _by_host(report.results).values():
        claimed |= _explain_host(results, ordered, found)
    causes = [_told(one, hosts) for one in sorted(found.values(), key=lambda one: one.rank)]
    left = [
        item.id
        for item in report.results
        if item.outcome in RED and item.check != NOT_IN_ORDER and item.id not in claimed
    ]
    return Triage(causes, left)


def _by_host(results: Sequence[Result]) -> dict[str, list[Result]]:
    hosts: dict[str, list[Result]] = {}
    for result in results:
        if result.outcome not in _QUIET and result.check != NOT_IN_ORDER:
            hosts.setdefault(result.host, []).append(result)
    return hosts


def _explain_host(results: Sequence[Result], signatures: Sequence[Signature], found: dict[str, _Found]) -> set[str]:
    """Hand the results of a host to the signatures that they show; ids of those that have a cause now."""
    owner: dict[str, _Found] = {}
    present = {result.outcome for result in results}  # most hosts are green, and most signatures are of what is not
    for signature in signatures:
        if not signature.may_show(present):
            continue
        for shown in _apart(signature, signature.shown_by(results)):
            title = fill(signature.title, shown, None)
            mine = [result for result in shown if result.id not in owner]
            if not mine:
                owner[shown[0].id].also[title] = None
                continue
            one = found.setdefault(f"{signature.id} {title}", _Found(signature, title))
            # What is blocked stands behind the root, also where its cause fits the signature by itself.
            roots = [result for result in mine if result.outcome is not Outcome.BLOCKED] or mine[:1]
            one.shown += roots
            one.behind += [result for result in mine if result not in roots]
            owner |= dict.fromkeys((result.id for result in mine), one)
            behind = [result for result in _behind(signature, shown, results) if result.id not in owner]
            one.behind += behind
            owner |= dict.fromkeys((result.id for result in behind), one)
    return set(owner)


def _apart(signature: Signature, shown: Sequence[Result]) -> Iterable[list[Result]]:
    """What belongs to one cause: where the title names the component, two components are two causes."""
    parts: dict[str, list[Result]] = {}
    for result in shown:
        parts.setdefault(component(result) if "{component" in signature.title else "", []).append(result)
    return parts.values()


def _behind(signature: Signature, shown: Sequence[Result], results: Sequence[Result]) -> list[Result]:
    """What stands blocked behind the same root cause, and what the signature explains."""
    causes = {result.cause for result in shown} - {""}
    blocked = [result for result in results if result.outcome is not Outcome.PASS and result.cause in causes]
    return list({result.id: result for result in (*blocked, *signature.explained(results))}.values())


def _told(one: _Found, hosts: Mapping[str, Host]) -> LikelyCause:
    names = sorted({result.host for result in one.shown})
    first = [result for result in one.shown if result.host == names[0]]
    host = hosts.get(names[0])
    signature = one.signature
    return LikelyCause(
        signature=signature.id,
        title=one.title,
        cause=fill(signature.cause, first, host),
        hosts=names,
        results=[result.id for result in one.shown],
        behind=[result.id for result in one.behind],
        confirm=fill(signature.confirm, first, host, quoted=True),
        remedy=fill(signature.remedy, first, host),
        runbook=signature.runbook,
        escalate=signature.escalate,
        also=list(one.also),
    )
