"""Prometheus does its work."""

import pytest

from opscheck.checks.prometheus_targets import prometheus_targets

pytestmark = pytest.mark.infra


def test_every_target_is_scraped(scrape_targets, ops_host, expect):
    """Every target is up and fresh, and every expected job has one."""
    expect(prometheus_targets(scrape_targets, jobs=ops_host.settings.get("prometheus", {}).get("jobs", ())))
