"""TLS: the certificate, and how browsers come to it and stay."""

import pytest

from opscheck.checks.edge_certificate import edge_certificate
from opscheck.checks.edge_hsts import edge_hsts
from opscheck.checks.edge_redirect import edge_redirect

pytestmark = [pytest.mark.edge, pytest.mark.status]


def test_the_certificate_is_good(session, ops_host, expect):
    """Browsers trust it today, and there is time left to renew it."""
    expect(edge_certificate(session, days=ops_host.budget("certificate_days", 14)))


def test_plain_http_leads_to_tls(plain, ops_host, expect):
    """Old links and typed names end at the same address over TLS."""
    expect(edge_redirect(plain, secure=ops_host.url("edge_root")))


def test_browsers_stay_with_tls(front, ops_host, expect):
    """Whoever came once comes by TLS from then on."""
    expect(edge_hsts(front, days=ops_host.budget("hsts_days", 180)))
