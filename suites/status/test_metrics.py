"""The metrics can be relied on: they say what the summary says, and count what was asked."""

import pytest

from opscheck.checks.metrics_count import metrics_count
from opscheck.checks.status_gauge import status_gauge

pytestmark = pytest.mark.status


def test_the_gauge_says_what_the_summary_says(summary, scraped, expect):
    """A Prometheus server can read the metrics, and an alert on the gauge is an alert on the summary."""
    expect(status_gauge(summary, scraped, gauge="status_ready"))


def test_a_request_is_counted_once(counted, expect):
    """Each completion moves the counters by one, and one that went well is no server error."""
    expect(metrics_count(counted, requests="http_requests_total", provider="llm_requests_total"))
