"""Documented series have to be there, and to move with a request."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opscheck.checks.metrics_move import metrics_move
from opscheck.model import HttpExchange, Outcome, Request, Verdict
from tests.checks.answers import HOSTILE, http, refused
from tests.checks.proofs import is_complete, red

ID = "metrics-move"
ASKED = http({})


def scrape(*lines: str) -> HttpExchange:
    """Metrics at /metrics."""
    seen = http("".join(f"{line}\n" for line in lines).encode(), content_type="text/plain; version=0.0.4")
    return replace(seen, request=Request("GET", "http://service.example/metrics"))


def judged(before: HttpExchange, after: HttpExchange) -> Verdict:
    """Two series are documented, one of them counts requests."""
    return metrics_move(before, ASKED, after, series=["build_info"], moves=["requests_total"])


BEFORE = scrape("build_info 1", 'requests_total{route="/metrics"} 7', 'requests_total{route="/a"} 3')
AFTER = scrape("build_info 1", 'requests_total{route="/metrics"} 8', 'requests_total{route="/a"} 4')
SCRAPED = scrape("build_info 1", 'requests_total{route="/metrics"} 8', 'requests_total{route="/a"} 3')


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize("before", [BEFORE, scrape("build_info 1"), scrape("build_info 1", "requests_total 2")])
def test_series_that_move_pass(before: HttpExchange) -> None:
    """Also where a series appears with the first request that it counts."""
    assert judged(before, AFTER).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("after", "reason"),
    [
        red(ID, "series-missing", scrape("requests_total 9"), "not among the metrics: build_info"),
        red(ID, "series-missing", scrape("build_info 1"), "requests_total", name="counter-missing"),
        red(ID, "series-frozen", BEFORE, "requests_total did not move by a request that was answered 200"),
        red(ID, "series-frozen", SCRAPED, "did not move", name="only-the-scrape-counts"),
    ],
)
def test_a_fault_is_found(after: HttpExchange, reason: str) -> None:
    """A scrape that counts itself moves nothing."""
    verdict = judged(BEFORE, after)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


def test_a_counter_that_went_back_is_no_verdict() -> None:
    """A restart, or another process behind the same address."""
    verdict = judged(AFTER, BEFORE)

    assert verdict.outcome is Outcome.UNMEASURED
    assert "went back" in verdict.reason


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict, and neither is what no scraper could read."""
    assert judged(BEFORE, refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry's
    assert judged(BEFORE, http({})).outcome is Outcome.UNMEASURED


@pytest.mark.parametrize("body", HOSTILE)
def test_no_body_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a verdict."""
    assert judged(BEFORE, http(body, content_type="text/plain")).reason
