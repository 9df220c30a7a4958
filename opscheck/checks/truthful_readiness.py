"""What readiness says of a dependency is what the dependency says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from opscheck.checks._health import Word, entries, statements, word
from opscheck.checks._words import failed, judged_json, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Kind, Observation, Unmeasured, Verdict
from opscheck.registry import check

_ASKED_FOR_A_KEY: Final = (401, 403)
_GONE: Final = frozenset({Kind.REFUSED, Kind.RESET})
_EXPECTED: Final = "readiness and the dependency's own answer agree"


@check(
    "truthful-readiness",
    promise="Readiness calls a dependency healthy when it answers its own probe, and not when it does not.",
    concern="readiness",
    faults={
        "ready-hides-outage": "a dependency is down and readiness still calls it healthy, or does not tell of it",
        "ready-invents-outage": "readiness calls a dependency down that answers its own probe",
    },
    remedy="compare the address that the service uses with the one that was probed here; then look at the route's code",
)
def truthful_readiness(answer: HttpExchange, dependencies: Mapping[str, Observation | Unmeasured]) -> Verdict:
    """Judge readiness against direct probes, by the name under which readiness should tell of each."""

    def judge(document: dict[str, Any]) -> Verdict:
        findings = {name: _lie(document, name, seen) for name, seen in dependencies.items()}
        observed = "; ".join(_observed(document, name, seen) for name, seen in dependencies.items())
        lies = [text for text in findings.values() if text]
        if lies:
            return failed("; ".join(lies), expected=_EXPECTED, observed=observed)
        blind = [name for name, seen in dependencies.items() if is_up(seen) is None]
        if not statements(document):
            return unclear("the answer says nothing of readiness", expected=_EXPECTED, observed=observed)
        if blind or not dependencies:
            reason = f"could not look at {', '.join(blind)} directly" if blind else "no dependency was probed directly"
            return unclear(reason, expected=_EXPECTED, observed=observed or status_line(answer))
        return passed(f"readiness and {', '.join(dependencies)} agree", expected=_EXPECTED, observed=observed)

    verdict = judged_json(answer, judge, expected=_EXPECTED)
    evidence = (answer.evidence(), *(seen.evidence() for seen in dependencies.values()))
    return replace(verdict, evidence=evidence)


def is_up(seen: Observation | Unmeasured) -> bool | None:
    """The dependency answered its own probe; None where this side could not see.

    A name that does not resolve here, a firewall or a certificate may stand between this machine and the dependency
    alone: only who was reached and did not answer is down.
    """
    if isinstance(seen, Unmeasured):
        reached = seen.kind in _GONE or (seen.kind is Kind.TIMEOUT and seen.connected)
        return False if reached and not seen.cause.startswith("runner:") else None
    if not isinstance(seen, HttpExchange):
        return True
    if 200 <= seen.status < 300 or seen.status in _ASKED_FOR_A_KEY:
        return True
    return False if seen.status >= 500 else None  # a 404 comes from something else at that address


def _said(document: dict[str, Any], name: str) -> Word | None:
    words: list[Word] = [word(entry.get("status")) for entry in entries(document, name)]
    for worst in ("fail", "warn", "unknown", "pass"):
        if worst in words:
            return worst
    return None


def _lie(document: dict[str, Any], name: str, seen: Observation | Unmeasured) -> str:
    up, said = is_up(seen), _said(document, name)
    if up is False and said == "pass":
        return f"{name} is down and readiness calls it healthy"
    if up is False and said is None and any(one.word == "pass" for one in statements(document)):
        return f"{name} is down and readiness passes without a word of it"
    if up is True and said == "fail":
        return f"{name} answers its own probe and readiness calls it down"
    return ""


def _observed(document: dict[str, Any], name: str, seen: Observation | Unmeasured) -> str:
    direct = f"{seen.kind.value}: {seen.detail}" if isinstance(seen, Unmeasured) else seen.evidence().summary
    return f"{name}: readiness says {_said(document, name) or 'nothing'}, itself {shown(direct)[1:-1]}"
