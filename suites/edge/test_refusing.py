"""What does not pass is refused in words that a client can read."""

import pytest

from opscheck.checks.edge_body_limit import edge_body_limit
from opscheck.checks.edge_errors import edge_errors
from opscheck.checks.edge_rate_limit import edge_rate_limit

pytestmark = [pytest.mark.edge, pytest.mark.status]


def _errors(host):
    return host.settings.get("edge", {}).get("errors", "any")


def test_an_unknown_address_is_an_error(nowhere, ops_host, expect):
    """A misspelt address is noticed, by programs as well."""
    expect(edge_errors(nowhere, errors=_errors(ops_host)))


def test_a_body_over_the_limit_is_refused(upload, ops_host, expect):
    """Whoever sends too much learns so."""
    limit = ops_host.settings["edge"]["body_bytes"]
    expect(edge_body_limit(upload, limit=limit, errors=_errors(ops_host)))


def test_too_much_at_once_is_refused(burst, ops_host, expect):
    """A page's own burst passes; who asks more learns when to come again."""
    allowed, paced = ops_host.settings["edge"]["burst"], ops_host.limits.requests_per_second
    expect(edge_rate_limit(burst, burst=allowed, errors=_errors(ops_host), paced=paced))
