"""The metrics are what a scraper reads, in the text format and in OpenMetrics."""

from __future__ import annotations

from typing import Final

from opscheck.checks._families import Families
from opscheck.checks._metrics import NotMetrics, read_metrics
from opscheck.checks._words import failed, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "metrics by the text format 0.0.4, and by OpenMetrics 1.0 where that is what comes"
_OPEN: Final = "application/openmetrics-text"


@check(
    "metrics-format",
    promise="The metrics can be read by a scraper, by the rules of the format that their content type names.",
    concern="observability",
    faults={
        "metrics-unreadable": "the answer is no metrics at all: a scraper drops all of it",
        "family-scattered": "the samples of one metric stand in several places, or before its type",
        "sample-misnamed": "a sample does not belong to the type of its metric, such as a counter without _total",
        "counter-negative": "a counter is below zero, or no number",
        "histogram-broken": "the buckets of a histogram do not add up to its count",
    },
    remedy="let a client library write the metrics; promtool check metrics reads them as a server would",
)
def metrics_format(plain: HttpExchange, asked_open: HttpExchange) -> Verdict:
    """Judge what came without a wish, and what came where OpenMetrics was asked for."""
    counted = []
    for answer, wish in ((plain, "asked for anything"), (asked_open, "asked for OpenMetrics")):
        observed = f"{wish}: {status_line(answer)}"
        open_metrics = answer.content_type == _OPEN
        try:
            samples = read_metrics(answer)
        except NotMetrics as error:
            return failed(str(error), expected=_EXPECTED, observed=observed)
        families = Families(answer.text(), samples, open_metrics=open_metrics)
        wrong = next(iter(families.defects()), None)
        if wrong is not None:
            return failed(f"{shown(wrong[0], 60)[1:-1]}: {wrong[1]}", expected=_EXPECTED, observed=observed)
        counted.append(f"{wish}: {len(samples)} samples of {len(families.of)} metrics")
    return passed("a scraper reads every sample", expected=_EXPECTED, observed="; ".join(counted))
