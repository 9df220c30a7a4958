"""Dashboards that show something."""

import pytest

from opscheck.checks.grafana_dashboards import grafana_dashboards
from opscheck.checks.grafana_sources import grafana_sources

pytestmark = pytest.mark.observability


def test_every_source_is_reached(sources, source_healths, ops_host, expect):
    """The expected data sources are there, and Grafana reaches each of its own."""
    expect(grafana_sources(sources, source_healths, names=ops_host.settings["grafana"]["sources"]))


def test_every_dashboard_has_its_sources(dashboards_found, dashboards_named, sources, ops_host, expect):
    """The dashboards of the runbook are there, and their panels ask what exists."""
    titles = ops_host.settings["grafana"]["dashboards"]
    expect(grafana_dashboards(dashboards_found, dashboards_named, sources, titles=titles))
