"""Metrics that a scraper can read, and that tell what happens."""

import pytest

from opscheck.checks.metrics_format import metrics_format
from opscheck.checks.metrics_move import metrics_move

pytestmark = pytest.mark.observability


def test_a_scraper_reads_the_metrics(metrics_plain, metrics_open, expect):
    """The metrics are written by the rules of their format."""
    expect(metrics_format(metrics_plain, metrics_open))


def test_the_documented_metrics_move(metrics_around, ops_host, expect):
    """The documented series are there, and a request moves those that count requests."""
    settings = ops_host.settings["metrics"]
    expect(metrics_move(*metrics_around, series=settings["series"], moves=settings.get("moves", ())))
