"""What Prometheus scrapes brings samples: a target can be up and expose nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from opscheck.checks._prometheus import answered, found_nothing, vector
from opscheck.checks._words import failed, judged_json, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Samples, Unmeasured, Verdict
from opscheck.registry import check

_EXPECTED: Final = "samples from every scraped target, and each expected series of each job"
_NAMED: Final = 4


@check(
    "prometheus-samples",
    promise="Every target that is scraped brings samples, and every expected series of a job is among them.",
    concern="infra",
    faults={
        "silent-exporter": "a target is up and exposes no metric: nothing can alert on it",
        "job-series-missing": "a job is scraped, and a series that is expected of it is not there",
    },
    remedy="open the target's own /metrics; look for an exporter that lost its source, or for metric_relabel_configs",
)
def prometheus_samples(scraped: HttpExchange, asked: Samples, *, series: Sequence[str] = ()) -> Verdict:
    """Judge the vector of `scrape_samples_scraped`, and one query for each `job: series`."""

    def judge(document: dict[str, Any]) -> Verdict:
        rows = vector(document)
        observed = f"{len(rows)} scraped targets, {sum(value for _, value in rows):g} samples"
        if document.get("status") != "success":
            reason = f"the API answers {scraped.status}: {shown(document.get('error'))}"
            return failed(reason, expected=_EXPECTED, observed=status_line(scraped))
        blind = next((one for one in asked.taken if isinstance(one, Unmeasured)), None)
        found = [*_silent(rows), *_missing(asked, series)]
        if found:
            more = f"; and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
            return failed("; ".join(found[:_NAMED]) + more, expected=_EXPECTED, observed=observed)
        refused = next((one for one in asked.taken if isinstance(one, HttpExchange) and not answered(one)), None)
        if not rows or blind is not None or refused is not None:
            reason = blind.detail if blind is not None else "nothing was scraped yet"
            if refused is not None:
                reason = f"the query for an expected series is answered with {refused.status}"
            return unclear(reason, expected=_EXPECTED, observed=observed, remedy="see the check prometheus-targets")
        return passed("every target brings samples", expected=_EXPECTED, observed=observed)

    return judged_json(scraped, judge, expected=_EXPECTED)


def _silent(rows: list[tuple[dict[str, Any], float]]) -> Iterator[str]:
    for labels, value in rows:
        if value == 0:
            yield f"{shown(labels.get('job'), 40)} at {shown(labels.get('instance'), 60)} is up and exposes nothing"


def _missing(asked: Samples, series: Sequence[str]) -> Iterator[str]:
    """The expected series of which a query, in the same order, found nothing."""
    for text, answer in zip(series, asked.taken, strict=True):
        if isinstance(answer, HttpExchange) and found_nothing(answer):
            job, _, name = text.partition(":")
            yield f"job {shown(job.strip(), 40)} has no series {shown(name.strip(), 60)}"
