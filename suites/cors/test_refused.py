"""Nobody else gets access, however much an origin looks like an allowed one."""

import pytest

from opscheck.checks.cors_refused import cors_refused

pytestmark = pytest.mark.cors


def test_nobody_else_reads_a_success(ok_answers, preflights, expect):
    """Foreign origins, null and look-alikes of allowed ones neither read answers nor get leave to send."""
    expect(cors_refused(ok_answers, preflights))


def test_nobody_else_reads_that_it_has_to_sign_in(unauthorized_answers, expect):
    """An answer that asks to sign in is no more open than a success."""
    expect(cors_refused(unauthorized_answers))


def test_nobody_else_reads_that_nothing_is_there(missing_answers, expect):
    """A 404 is no more open than a success."""
    expect(cors_refused(missing_answers))


def test_nobody_else_reads_why_it_was_refused(invalid_answers, expect):
    """A refusal is no more open than a success."""
    expect(cors_refused(invalid_answers))


def test_nobody_else_reads_that_the_service_failed(failing_answers, expect):
    """A failure is no more open than a success."""
    expect(cors_refused(failing_answers))
