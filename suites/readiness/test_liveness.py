"""Liveness: the processes answer."""

import pytest

from opscheck.checks.liveness import liveness

pytestmark = pytest.mark.readiness


def test_the_agent_is_alive(alive, ops_host, expect):
    """The agent's process answers at once."""
    expect(liveness(alive, seconds=ops_host.budget("liveness_seconds", 1)))


def test_the_fetcher_is_alive(fetcher_alive, ops_host, expect):
    """The page fetcher's process answers at once, at the address that the orchestrator probes."""
    expect(liveness(fetcher_alive, seconds=ops_host.budget("liveness_seconds", 1)))


def test_the_edge_is_alive(edge_alive, ops_host, expect):
    """The edge answers at once, whatever is behind it."""
    expect(liveness(edge_alive, seconds=ops_host.budget("liveness_seconds", 1)))
