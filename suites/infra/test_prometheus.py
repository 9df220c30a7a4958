"""Prometheus does its work."""

import pytest

from opscheck.checks.prometheus_samples import prometheus_samples
from opscheck.checks.prometheus_targets import prometheus_targets
from opscheck.checks.ready_series import ready_series

pytestmark = pytest.mark.infra


def test_every_target_is_scraped(scrape_targets, ops_host, expect):
    """Every target is up and fresh, and every expected job has one."""
    expect(prometheus_targets(scrape_targets, jobs=ops_host.settings.get("prometheus", {}).get("jobs", ())))


def test_every_target_brings_samples(scraped_samples, job_series, ops_host, expect):
    """No exporter is up and silent, and each job has the series that are expected of it."""
    expect(prometheus_samples(scraped_samples, job_series, series=ops_host.settings["prometheus"].get("series", ())))


def test_every_service_says_ready(ready_gauges, ops_host, expect):
    """The gauge of every expected service has come to Prometheus, and says ready."""
    expect(ready_series(ready_gauges, services=ops_host.settings["prometheus"]["ready"]))
