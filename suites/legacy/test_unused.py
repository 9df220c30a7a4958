"""Nobody uses the old address any more."""

import pytest

from opscheck.checks.legacy_answered_by import legacy_answered_by
from opscheck.checks.legacy_hits import legacy_hits

pytestmark = [pytest.mark.legacy, pytest.mark.release]


def test_the_current_address_answers_by_itself(sampled, expect):
    """Each of several answers says that it came by the current path."""
    expect(legacy_answered_by(sampled))


def test_nobody_asks_for_it(logged, ops_host, expect):
    """By the access logs, which cover the time, there is no request for it but opscheck's own."""
    expect(legacy_hits(logged, gate=ops_host.settings["legacy"].get("gate", False)))
