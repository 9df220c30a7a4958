"""The summary is told under its addresses as it should be: counted, never kept, and the same on both."""

import pytest

from opscheck.checks.status_alias import status_alias
from opscheck.checks.status_no_store import status_no_store
from opscheck.checks.status_served_path import status_served_path

pytestmark = pytest.mark.status


def test_the_old_address_tells_the_same(summary, summary_legacy, expect):
    """Who still asks the old address learns what the current one tells, or that the old one is gone."""
    expect(status_alias(summary, summary_legacy))


def test_the_address_is_named(summary, expect):
    """An answer of the current address says so, so that callers of the old one can be counted."""
    expect(status_served_path(summary, served="api"))


def test_the_address_is_named_for_a_page(summary_allowed, expect):
    """A page of an allowed origin is counted like everybody else."""
    expect(status_served_path(summary_allowed, served="api"))


def test_the_old_address_is_named(summary_legacy, expect):
    """An answer of the old address says so."""
    expect(status_served_path(summary_legacy, served="legacy"))


def test_no_cache_keeps_the_summary(summary, expect):
    """What is read is what is so now."""
    expect(status_no_store(summary))


def test_no_cache_keeps_the_summary_of_a_page(summary_allowed, expect):
    """What a page of an allowed origin reads is what is so now."""
    expect(status_no_store(summary_allowed))
