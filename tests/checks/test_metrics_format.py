"""Metrics are judged by the rules of their format, as the client library reads them."""

from __future__ import annotations

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, Info, Summary
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST
from prometheus_client.openmetrics.exposition import generate_latest as generate_open
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_open

from opscheck.checks.metrics_format import metrics_format
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "metrics-format"


def plain(text: str) -> HttpExchange:
    """Metrics in the text format."""
    return http(text.encode(), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def opened(text: str) -> HttpExchange:
    """Metrics in OpenMetrics."""
    return http(f"{text}# EOF\n".encode(), content_type=CONTENT_TYPE_LATEST)


def registry() -> CollectorRegistry:
    """One metric of each kind, two of them with labels."""
    made = CollectorRegistry()
    calls = Counter("calls", "Calls.", ["status"], registry=made)
    calls.labels("ok").inc(3)
    calls.labels("error").inc()
    Gauge("level", "Level.", registry=made).set(-4)
    seconds = Histogram("seconds", "Time.", ["route"], registry=made)
    for route in ("/a", "/b"):
        seconds.labels(route).observe(0.2, {"trace": "1"})
        seconds.labels(route).observe(70)
    Summary("size", "Size.", registry=made).observe(7)
    Info("build", "Build.", registry=made).info({"version": "1"})
    return made


GOOD = plain(generate_latest(registry()).decode())
GOOD_OPEN = http(generate_open(registry()), content_type=CONTENT_TYPE_LATEST)  # type: ignore[no-untyped-call] # its own


def judged(seen: HttpExchange) -> Verdict:
    """The same answer, whatever was asked for."""
    return metrics_format(seen, seen)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "seen",
    [
        GOOD,
        GOOD_OPEN,
        plain("untyped_thing 4\n"),
        plain('# TYPE s summary\ns{quantile="0.5"} 1\ns_sum 1\ns_count 1\n'),
        opened('# TYPE s histogram\ns_bucket{le="+Inf"} 2\n'),
        plain("# TYPE up gauge\nup 1\n# TYPE up_total counter\nup_total 1\n"),
    ],
)
def test_what_a_library_writes_passes(seen: HttpExchange) -> None:
    """Each kind of metric, with and without labels, in both formats."""
    assert judged(seen).outcome is Outcome.PASS


def test_a_server_without_openmetrics_passes() -> None:
    """The text format is a good answer to a wish for OpenMetrics, and each answer is judged as what it is."""
    assert metrics_format(GOOD, GOOD).outcome is Outcome.PASS
    assert metrics_format(GOOD, GOOD_OPEN).outcome is Outcome.PASS
    assert metrics_format(GOOD, opened("# TYPE a counter\na 1\n")).outcome is Outcome.FAIL


FAULTS = [
    red(ID, "metrics-unreadable", http({"requests": 3}), "Content-Type"),
    red(ID, "metrics-unreadable", plain("a{b} 1\n"), "line 1", name="no-line"),
    red(ID, "metrics-unreadable", http(b"oh", 500), "answer 500", name="error"),
    red(ID, "family-scattered", plain('# TYPE a gauge\na 1\nb 2\na{x="1"} 3\n'), "a: its samples stand in more"),
    red(ID, "family-scattered", plain("a 1\n# TYPE a gauge\n"), "behind its samples", name="late-type"),
    red(ID, "sample-misnamed", opened("# TYPE a counter\na 1\n"), "a counter has no sample 'a'"),
    red(ID, "sample-misnamed", plain("# TYPE a summary\na_bucket 1\n"), "a summary has no sample", name="summary"),
    red(ID, "counter-negative", plain("# TYPE a_total counter\na_total -1\n"), "a counter is -1"),
    red(ID, "counter-negative", opened("# TYPE a counter\na_total NaN\n"), "a counter is nan", name="no-number"),
    red(
        ID,
        "histogram-broken",
        plain('# TYPE s histogram\ns_bucket{le="1"} 4\ns_bucket{le="+Inf"} 2\ns_count 2\n'),
        "do not add up",
    ),
    red(ID, "histogram-broken", plain('# TYPE s histogram\ns_bucket{le="1"} 4\n'), "no bucket +Inf", name="endless"),
    red(
        ID,
        "histogram-broken",
        plain('# TYPE s histogram\ns_bucket{le="+Inf"} 2\ns_count 3\n'),
        "counts 3 while",
        name="count-differs",
    ),
    red(ID, "histogram-broken", plain("# TYPE s histogram\ns_count 3\ns_sum 1\n"), "no buckets", name="no-buckets"),
    red(
        ID,
        "histogram-broken",
        plain('# TYPE s histogram\ns_bucket{le="x"} 2\ns_bucket{le="+Inf"} 2\n'),
        "bound that is none",
        name="no-bound",
    ),
]


@pytest.mark.parametrize(("seen", "reason"), FAULTS)
def test_a_fault_is_found(seen: HttpExchange, reason: str) -> None:
    """The metric is named, with what is wrong."""
    verdict = judged(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.parametrize(
    "text",
    [
        "# TYPE a counter\na 1\n",
        "# TYPE a counter\na_total NaN\n",
        '# TYPE s histogram\ns_bucket{le="1.0"} 4\ns_bucket{le="+Inf"} 2\ns_count 2\ns_sum 1\n',
        '# TYPE s histogram\ns_bucket{le="1.0"} 4\n',
        '# TYPE s histogram\ns_bucket{le="+Inf"} 2\ns_count 3\ns_sum 1\n',
        '# TYPE a gauge\na 1\nb 2\na{x="1"} 3\n',
        "a 1\n# TYPE a gauge\n",
    ],
)
def test_the_client_library_refuses_it_as_well(text: str) -> None:
    """What is a fault by OpenMetrics here is one for the strict parser of the client library, too."""
    assert judged(opened(text)).outcome is Outcome.FAIL
    with pytest.raises(ValueError, match=r"."):
        list(parse_open(f"{text}# EOF\n"))  # type: ignore[no-untyped-call] # the library's own


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert metrics_format(GOOD, refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert judged(http(body, content_type="text/plain")).reason
