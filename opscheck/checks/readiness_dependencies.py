"""Readiness tells of every dependency, each looked at within a bound."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from opscheck.checks._health import entries, word
from opscheck.checks._timing import measured_seconds
from opscheck.checks._words import degraded, failed, judged_json, passed, seconds_text, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_CAUSE: Final = "the route answers with a constant instead of looking"


@check(
    "readiness-dependencies",
    promise="Readiness names every dependency with a status of its own, each found out within a bound.",
    concern="readiness",
    faults={
        "ready-constant": "readiness is a constant: it names no dependency, so it cannot be true",
        "dependency-unnamed": "a dependency is missing from the body or has no status of its own",
        "dependency-unbounded": "looking at one dependency takes longer than the bound",
    },
    remedy="let readiness probe each dependency with a limit of its own and report it under `checks`",
)
def readiness_dependencies(answer: HttpExchange, *, expected: Sequence[str], seconds: float = 2.0) -> Verdict:
    """Judge what an answer of the readiness address, ready or not, says of its dependencies."""
    promise = f"{', '.join(expected)}: each with a status, within {seconds_text(seconds)}"

    def judge(document: dict[str, Any]) -> Verdict:
        observed = _observed(answer, document)
        if not isinstance(document.get("checks"), dict) or not document["checks"]:
            reason = "readiness names no dependency at all"
            return failed(reason, expected=promise, observed=observed, likely_cause=_CAUSE)
        missing = [name for name in expected if not any(_has_status(one) for one in entries(document, name))]
        if missing:
            return failed(f"no status is told for {', '.join(missing)}", expected=promise, observed=observed)
        slow = [text for name in expected if (text := _slow(document, name, seconds))]
        if slow:
            return failed(f"looked at without a bound: {', '.join(slow)}", expected=promise, observed=observed)
        untold = [name for name in expected if not _times(document, name)]
        if untold:
            reason = f"how long it took is not told for {', '.join(untold)}"
            return degraded(reason, expected=promise, observed=observed)
        return passed(
            "every dependency is named, with a status and within its bound", expected=promise, observed=observed
        )

    return judged_json(answer, judge, expected=promise)


def _has_status(entry: dict[str, Any]) -> bool:
    return word(entry.get("status")) != "unknown"


def _times(document: dict[str, Any], name: str) -> list[float]:
    found = (measured_seconds(one.get("observedValue"), one.get("observedUnit")) for one in entries(document, name))
    return [seconds for seconds in found if seconds is not None]


def _slow(document: dict[str, Any], name: str, seconds: float) -> str:
    longest = max(_times(document, name), default=0.0)
    return f"{name} {seconds_text(longest)}" if longest > seconds else ""


def _observed(answer: HttpExchange, document: dict[str, Any]) -> str:
    checks = document.get("checks")
    named = ", ".join(shown(name, 30)[1:-1] for name in list(checks)[:12]) if isinstance(checks, dict) else ""
    return f"{status_line(answer)}: " + (f"names {named}" if named else "names nothing")
