"""Pages of allowed origins can read what they are answered, whatever that is."""

import pytest

from opscheck.checks.cors_allowed import cors_allowed
from opscheck.checks.cors_exposed import cors_exposed

pytestmark = [pytest.mark.cors, pytest.mark.usefixtures("policy")]


def test_an_allowed_origin_reads_a_success(ok_answers, expect):
    """An allowed origin, and exactly that one, is named by a success."""
    expect(cors_allowed(ok_answers))


def test_an_allowed_origin_reads_that_it_has_to_sign_in(unauthorized_answers, expect):
    """A page can tell that it has to sign in from a network that is down."""
    expect(cors_allowed(unauthorized_answers))


def test_an_allowed_origin_reads_that_nothing_is_there(missing_answers, expect):
    """A page can read a 404."""
    expect(cors_allowed(missing_answers))


def test_an_allowed_origin_reads_why_it_was_refused(invalid_answers, expect):
    """A page can read what was wrong with its request."""
    expect(cors_allowed(invalid_answers))


def test_an_allowed_origin_reads_that_the_service_failed(failing_answers, expect):
    """A page can tell a service that fails from a network that is down."""
    expect(cors_allowed(failing_answers))


@pytest.mark.usefixtures("exposed")
def test_pages_read_the_headers_that_they_need(ok_answers, expect):
    """The headers that the policy names reach the page."""
    expect(cors_exposed(ok_answers))
