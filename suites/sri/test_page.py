"""A page: what a browser makes of everything that it loads."""

import pytest

from opscheck.checks.sri_encodings import sri_encodings
from opscheck.checks.sri_page import sri_page
from opscheck.checks.sri_pinned import sri_pinned
from opscheck.checks.sri_policy import sri_policy

pytestmark = [pytest.mark.sri, pytest.mark.release]


def test_the_page_loads_and_takes_nothing_unchecked(page, expect):
    """What the page names loads in a browser; what comes from elsewhere is checked by its hash."""
    expect(sri_page(page))


def test_assets_are_the_same_in_every_encoding(page, expect):
    """Whoever asks for gzip or br gets what others get."""
    expect(sri_encodings(page))


def test_third_parties_are_pinned(page, expect):
    """What comes from third parties is of one version, and does not change on its own."""
    expect(sri_pinned(page))


def test_the_policy_covers_the_page_and_lets_it_work(page, ops_host, expect):
    """The page's Integrity-Policy can be read, covers what is promised, and blocks nothing of the page."""
    expect(sri_policy(page, promised=ops_host.settings.get("sri", {}).get("policy", False)))
