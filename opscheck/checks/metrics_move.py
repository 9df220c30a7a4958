"""The documented metrics are there, and those that count requests move when one is made."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from opscheck.checks._metrics import NotMetrics, Sample, read_metrics
from opscheck.checks._words import failed, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_ROUTE = ("route", "path", "handler", "endpoint", "uri")


@check(
    "metrics-move",
    promise="Every documented series is in the metrics, and those that count requests move when a request is made.",
    concern="observability",
    faults={
        "series-missing": "a documented series is not there: whatever reads it finds nothing",
        "series-frozen": "a request is answered, and the series that counts requests stays as it was",
    },
    remedy="compare the documentation of the metrics with what the service exposes, process by process",
)
def metrics_move(
    before: HttpExchange, request: HttpExchange, after: HttpExchange, *, series: Sequence[str], moves: Sequence[str]
) -> Verdict:
    """Judge two scrapes with a request in between; what the scrapes themselves are counted as moves nothing."""
    expected = f"series {', '.join(series) or '-'}; moved by a request: {', '.join(moves) or '-'}"
    try:
        first, second = read_metrics(before), read_metrics(after)
    except NotMetrics as error:
        return unclear(str(error), expected=expected, remedy="see the check metrics-format")
    names = {one.name for one in second}
    missing = [name for name in (*series, *moves) if name not in names]
    if missing:
        told = ", ".join(dict.fromkeys(shown(name, 60)[1:-1] for name in missing))
        return failed(f"not among the metrics: {told}", expected=expected, observed=f"{len(names)} series names")
    scrape = urlsplit(before.request.url).path
    moved = {name: _sum(second, name, scrape) - _sum(first, name, scrape) for name in moves}
    observed = "; ".join(f"{name} {by:+g}" for name, by in moved.items()) or f"{len(names)} series names"
    back = next((name for name, by in moved.items() if by < 0), "")
    if back:
        reason = f"{back} went back: the service was started again, or several processes answer in turn"
        return unclear(reason, expected=expected, observed=observed, remedy="ask one process, or add them up")
    frozen = [name for name, by in moved.items() if not by > 0]
    if frozen:
        reason = f"{', '.join(frozen)} did not move by a request that was answered {request.status}"
        return failed(reason, expected=expected, observed=f"{observed}; request {status_line(request)}")
    return passed("the documented series are there and move", expected=expected, observed=observed)


def _sum(samples: list[Sample], name: str, scrape: str) -> float:
    """All of a name but what is counted for the address of the metrics themselves."""
    return sum(one.value for one in samples if one.name == name and one.label(*_ROUTE) != scrape)
