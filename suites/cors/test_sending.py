"""Pages of allowed origins may send what they need to send, and cookies where the policy says so."""

import pytest

from opscheck.checks.cors_credentials import cors_credentials
from opscheck.checks.cors_max_age import cors_max_age
from opscheck.checks.cors_preflight import cors_preflight

pytestmark = [pytest.mark.cors, pytest.mark.usefixtures("policy")]


@pytest.mark.usefixtures("methods")
def test_a_preflight_gives_leave(preflights, ok_answers, expect):
    """Every method and header of the policy passes the question that browsers ask before."""
    expect(cors_preflight(preflights, ok_answers))


@pytest.mark.usefixtures("methods")
def test_leave_is_remembered_for_a_while(preflights, expect):
    """Browsers neither ask before every request nor go on long after a permission was withdrawn."""
    expect(cors_max_age(preflights))


def test_cookies_travel_as_the_policy_says(ok_answers, preflights, expect):
    """Credentials are offered to allowed origins where the policy has them, and else to nobody."""
    expect(cors_credentials(ok_answers, preflights))
