"""What cannot be right is refused, and what is forbidden is not done."""

import pytest

from opscheck.checks.bad_request import bad_request
from opscheck.checks.fetch_failure import fetch_failure
from opscheck.checks.fetch_private import fetch_private

pytestmark = [pytest.mark.smoke, pytest.mark.release]


def test_bad_requests_are_refused(refusals, expect):
    """A body that is no UTF-8, a role that nobody has and an id that is a number are the caller's mistakes."""
    expect(bad_request(refusals, labels=("invalid UTF-8", "an odd role", "a numeric conversation id")))


def test_a_page_that_cannot_be_had_is_an_error(unresolvable, ops_host, expect):
    """The page fetcher says that it failed, and soon."""
    expect(fetch_failure(unresolvable, seconds=ops_host.budget("fetch_failure_seconds", 2)))


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1:1/", "http://127.0.0.1/", "http://[::ffff:127.0.0.1]/"],
    ids=["port", "ipv4", "mapped"],
)
def test_a_private_page_is_not_fetched(private_page, expect):
    """The page fetcher is no way into the network it runs in."""
    expect(fetch_private(private_page))
