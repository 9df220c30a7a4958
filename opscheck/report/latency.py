"""How long things took: the phases of one exchange, and an overview by host."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from opscheck.report.run import Result

PHASES: Final = {"dns": "dns", "connect": "connect", "tls": "tls", "first_byte": "first byte", "total": "total"}


def phases_of(exchange: Mapping[str, object]) -> dict[str, float]:
    """The known phases of an exchange in milliseconds; whatever is no duration is left out."""
    found = exchange.get("phases_ms")
    if not isinstance(found, Mapping):
        return {}
    return {
        name: float(value)
        for name in PHASES
        if isinstance(value := found.get(name), int | float) and math.isfinite(value) and value >= 0
    }


def segments(phases: Mapping[str, float]) -> list[tuple[str, float]]:
    """The phases one after the other: name and milliseconds, with `wait` for the first byte, then `body`.

    Together they last as long as the total: the wait is what the connection left of it. Where no first byte
    came, what is left is `silence`.
    """
    total = phases.get("total", 0.0)
    parts = [(name, phases[name]) for name in ("dns", "connect", "tls") if name in phases]
    left = max(total - sum(value for _, value in parts), 0.0)
    if "first_byte" in phases:
        wait = min(phases["first_byte"], left) if total else phases["first_byte"]
        parts.append(("wait", wait))
        left -= min(wait, left)
    if left > 0:
        parts.append(("body" if "first_byte" in phases else "silence", left))
    return [(name, value) for name, value in parts if value > 0]


def latency_ms(result: Result) -> float | None:
    """The slowest exchange of a result in milliseconds; None where nothing was timed."""
    return latency_of(result.evidence)


def latency_of(exchanges: Iterable[Mapping[str, object]]) -> float | None:
    """The slowest of some exchanges in milliseconds; None where nothing was timed."""
    totals = [phases["total"] for phases in map(phases_of, exchanges) if "total" in phases]
    return max(totals, default=None)


@dataclass(frozen=True, slots=True)
class Latency:
    """Total milliseconds of the exchanges with one host."""

    exchanges: int
    median: float
    p95: float
    slowest: float


def latency_by_host(results: Iterable[Result]) -> dict[str, Latency]:
    """An overview for each host that answered; an exchange that several checks judged counts once."""
    totals: dict[str, dict[tuple[str, str, float], float]] = {}
    for result in results:
        for exchange in result.evidence:
            total = phases_of(exchange).get("total")
            if total is not None and exchange.get("kind") != "unmeasured":
                key = (str(exchange.get("where")), str(exchange.get("at")), total)
                totals.setdefault(result.host, {})[key] = total
    return {host: _overview(sorted(found.values())) for host, found in sorted(totals.items())}


def _overview(ordered: list[float]) -> Latency:
    rank = max(math.ceil(0.95 * len(ordered)) - 1, 0)
    return Latency(len(ordered), statistics.median(ordered), ordered[rank], ordered[-1])
