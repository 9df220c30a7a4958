"""From a result of a report to what history keeps of it: instant, latency, and the facts that its evidence tells."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from opscheck.model import Outcome
from opscheck.report.latency import latency_ms
from opscheck.report.run import Result, RunReport

# What evidence of a kind hands on. Evidence of any kind may hand on more under the key `facts`.
_OF_KIND: Final[Mapping[str, tuple[str, ...]]] = {
    "log": ("path", "hits", "own", "lines", "unreadable", "first", "last"),
    "log-line": ("lines",),
}
_COVERED: Final = "doubts"  # why logs do not cover their time; none: they do
_LLM_PATH: Final = re.compile(r'"llm"\s*:\s*\{[^{}]*?"path"\s*:\s*"(primary|warming|fallback|down)"', re.IGNORECASE)
_UNSEEN: Final = (Outcome.UNMEASURED, Outcome.BLOCKED)
_MOST: Final = 24  # facts of one result
_LONGEST: Final = 200  # characters of a fact that is a text


def facts_of(result: Result) -> dict[str, Any]:
    """Numbers and words of a result's evidence; where several exchanges tell the same, the last word counts."""
    found: dict[str, Any] = {}
    for exchange in result.evidence:
        given = exchange.get("facts")
        if isinstance(given, Mapping):
            found |= {str(name): value for name, value in given.items()}
        kind = str(exchange.get("kind"))
        found |= {name: exchange[name] for name in _OF_KIND.get(kind, ()) if name in exchange}
        if kind == "log" and isinstance(exchange.get(_COVERED), list):
            found["covered"] = not exchange[_COVERED]
        path = _LLM_PATH.search(str(exchange.get("excerpt", "")))
        if path is not None:
            found["llm_path"] = path[1].lower()
    return dict(list({name: _kept(value) for name, value in found.items()}.items())[:_MOST])


def observed_at(result: Result, report: RunReport) -> datetime:
    """The first instant that the evidence tells, within the run; the run's end where it tells none."""
    stamps = [at for exchange in result.evidence if (at := _instant(exchange.get("at"))) is not None]
    first = min(stamps, default=report.run.finished)
    return min(max(first, report.run.started), max(report.run.finished, report.run.started)).astimezone(UTC)


def micros_of(result: Result) -> int | None:
    """The slowest exchange in microseconds; None where nothing was timed, or where nothing came in that time."""
    if result.outcome in _UNSEEN:
        return None
    found = latency_ms(result)
    return None if found is None else round(found * 1000)


def _instant(value: object) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo is not None else None


def _kept(value: object) -> object:
    if isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)) or value is None:
        return value
    return str(value).encode("utf-8", "backslashreplace").decode()[:_LONGEST]
