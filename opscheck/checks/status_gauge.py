"""The metrics can be scraped, and their gauge says what the summary says."""

from __future__ import annotations

from typing import Final

from opscheck.checks._metrics import NotMetrics, Sample, named, read_metrics
from opscheck.checks._status import Summary, json_word, judged_summary
from opscheck.checks._words import failed, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_SERVICES: Final = ("backend", "agent", "api")  # of several gauges, the one that means the service itself


@check(
    "status-gauge",
    promise="A Prometheus server can read the metrics, and the gauge status_ready is 1 exactly while the summary is.",
    concern="status",
    faults={
        "metrics-unreadable": "the metrics are JSON, a page, or text that a Prometheus server drops",
        "gauge-missing": "there is no gauge of the readiness, so no alert can be made of it",
        "gauge-disagrees": "the gauge says something else than the summary",
    },
    remedy="export the state that the summary reads as a gauge, in the text format and with its Content-Type",
)
def status_gauge(answer: HttpExchange, metrics: HttpExchange, *, gauge: str) -> Verdict:
    """Judge a scrape beside a summary."""
    expected = f"{gauge} 1 where the summary says ready, else 0"
    observed = status_line(metrics)
    try:
        samples = named(read_metrics(metrics), gauge)
    except NotMetrics as error:
        return failed(str(error), expected=expected, observed=observed)
    if not samples:
        return failed(f"the metrics have no {gauge}", expected=expected, observed=observed)
    own = [one for one in samples if one.label("service", "job") in _SERVICES] or samples

    def judge(summary: Summary) -> Verdict:
        return _against(summary, own, expected)

    return judged_summary(answer, judge, expected=expected)


def _against(summary: Summary, gauges: list[Sample], expected: str) -> Verdict:
    told = ", ".join(f"{one} {one.value:g}" for one in gauges[:3])
    observed = f"{shown(told, 160)[1:-1]}; summary {summary.line()}"
    if any(one.value != float(summary.ready) for one in gauges):
        reason = f"the gauge is {gauges[0].value:g} while the summary says ready {json_word(summary.ready)}"
        return failed(reason, expected=expected, observed=observed)
    return passed(f"the gauge is {float(summary.ready):g}, as the summary says", expected=expected, observed=observed)
