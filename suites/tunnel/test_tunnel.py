"""The tunnel between edge and origin."""

import pytest

from opscheck.checks.tunnel_connections import tunnel_connections
from opscheck.checks.tunnel_edge import tunnel_edge
from opscheck.checks.tunnel_origin import tunnel_origin
from opscheck.checks.tunnel_ready import tunnel_ready
from opscheck.checks.tunnel_token import tunnel_token

pytestmark = pytest.mark.tunnel


def test_the_container_log_tells_of_connections(container_log, ops_host, expect):
    """Connections to the edge are registered, and are there still."""
    expect(tunnel_connections(container_log, connections=ops_host.settings["tunnel"]["connections"]))


def test_the_log_file_tells_of_connections(file_log, ops_host, expect):
    """The same by a log that is a file."""
    expect(tunnel_connections(file_log, connections=ops_host.settings["tunnel"]["connections"]))


def test_the_tunnel_is_ready(connected, tunnel_metrics, ops_host, expect):
    """Cloudflared says so itself, and counts its connections."""
    connections = ops_host.settings.get("tunnel", {}).get("connections", 2)
    expect(tunnel_ready(connected, tunnel_metrics, connections=connections))


def test_the_public_address_passes_the_edge(public, ops_host, expect):
    """Its answers carry the edge's mark."""
    header = ops_host.settings.get("tunnel", {}).get("edge_header", "cf-ray")
    expect(tunnel_edge(public, header=header))


def test_the_origin_answers_through_the_tunnel(both_ways, expect):
    """Where it does not, tunnel and origin are told apart."""
    expect(tunnel_origin(both_ways))


def test_the_token_is_rendered(rendered_token, expect):
    """Compose gives the tunnel a token, which nobody is shown."""
    expect(tunnel_token(rendered_token))
