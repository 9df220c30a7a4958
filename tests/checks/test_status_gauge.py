"""The gauge has to say what the summary says."""

import pytest

from opscheck.checks.status_gauge import status_gauge
from opscheck.model import HttpExchange, Outcome, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red
from tests.checks.summaries import state, summary

ID = "status-gauge"
TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPEN = "application/openmetrics-text; version=1.0.0; charset=utf-8"
DOWN = summary(state("down"))


def scrape(text: str, content_type: str = TEXT, status: int = 200) -> HttpExchange:
    """Metrics of this text."""
    return http(text.encode(), status, content_type=content_type)


def judged(answer: HttpExchange, metrics: HttpExchange) -> Verdict:
    """By the gauge that the suite names."""
    return status_gauge(answer, metrics, gauge="status_ready")


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    ("answer", "metrics"),
    [
        (summary(), scrape("# HELP status_ready 1 when ready\n# TYPE status_ready gauge\nstatus_ready 1\n")),
        (summary(), scrape('status_ready{service="backend"} 1.0\n')),
        (summary(), scrape('status_ready{service="webfetch"} 0\nstatus_ready{service="agent"} 1\n')),
        (summary(), scrape('status_ready{service="agent"} 1.0\n# EOF\n', OPEN)),
        (DOWN, scrape("status_ready 0 1767355200000\n")),
    ],
)
def test_the_same_passes(answer: HttpExchange, metrics: HttpExchange) -> None:
    """One when ready, zero when not; of several gauges the service's own."""
    assert judged(answer, metrics).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("metrics", "reason"),
    [
        red(ID, "metrics-unreadable", http({"req": 5, "5xx": 0}), "Content-Type is 'application/json'"),
        red(ID, "metrics-unreadable", scrape('{"req": 5}\n'), "line 1 of the metrics cannot be read", name="json"),
        red(ID, "metrics-unreadable", scrape("status_ready 1\n", status=404), "the metrics answer 404", name="404"),
        red(ID, "metrics-unreadable", scrape("status_ready 1"), "cut off", name="cut-off"),
        red(ID, "metrics-unreadable", scrape("status_ready 1\n", OPEN), "do not end with # EOF", name="eof"),
        red(ID, "gauge-missing", scrape("http_requests_total 5\n"), "the metrics have no status_ready"),
        red(ID, "gauge-missing", scrape("# TYPE status_ready gauge\n"), "have no status_ready", name="type-only"),
        red(ID, "gauge-disagrees", scrape("status_ready 0\n"), "the gauge is 0 while the summary says ready true"),
        red(ID, "gauge-disagrees", scrape("status_ready NaN\n"), "the gauge is nan", name="nan"),
        red(ID, "gauge-disagrees", scrape("status_ready 2\n"), "the gauge is 2", name="two"),
    ],
)
def test_a_fault_is_found(metrics: HttpExchange, reason: str) -> None:
    """Metrics that nobody can scrape, no gauge, or one that says something else."""
    verdict = judged(summary(), metrics)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict, and a gauge without a summary cannot be compared."""
    gauge = scrape("status_ready 1\n")

    assert judged(summary(), refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers
    assert judged(summary(status=502), gauge).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever the metrics hold, there is a red verdict."""
    for content_type in (TEXT, OPEN, "application/json"):
        verdict = judged(summary(), http(body, content_type=content_type))

        assert verdict.outcome is Outcome.FAIL
        assert is_complete(verdict)
