"""Giving an old address up: announced in time, then gone, and never half of it."""

import pytest

from opscheck.checks.legacy_gate import legacy_gate
from opscheck.checks.legacy_openapi import legacy_openapi
from opscheck.checks.legacy_signals import legacy_signals
from opscheck.checks.legacy_stub import legacy_stub

pytestmark = [pytest.mark.legacy, pytest.mark.release]


def _gate(host):
    return host.settings.get("legacy", {}).get("gate", False)


def test_it_is_gone_once_the_gate_is_on(old, ops_host, expect):
    """With the gate on the old address answers nobody any more."""
    expect(legacy_gate(old, gate=_gate(ops_host), successor=ops_host.endpoints["status_summary"].path))


def test_it_announces_its_end(old, old_http2, ops_host, expect):
    """For as long as it answers, its headers say since when, until when and where to go; and it keeps to them."""
    expect(legacy_signals(old, old_http2, successor=ops_host.endpoints["status_summary"].path))


def test_it_is_no_stub(old, current, nowhere, expect):
    """It gives its document or none, not something that looks like one."""
    expect(legacy_stub(old, current, nowhere))


def test_openapi_does_not_list_it(described, ops_host, expect):
    """Nobody generates a new client for it."""
    path = ops_host.settings["legacy"]["path"]
    expect(legacy_openapi(described, path=path, gate=_gate(ops_host)))
