"""No cache gives one origin's answer to another."""

import pytest

from opscheck.checks.cors_vary import cors_vary

pytestmark = pytest.mark.cors


def test_a_success_says_that_it_depends_on_the_origin(ok_answers, expect):
    """Every answer of the address says Vary: Origin where the permission depends on who asked."""
    expect(cors_vary(ok_answers))


def test_asking_to_sign_in_says_that_it_depends_on_the_origin(unauthorized_answers, expect):
    """So does an answer that asks to sign in."""
    expect(cors_vary(unauthorized_answers))


def test_a_404_says_that_it_depends_on_the_origin(missing_answers, expect):
    """So does a 404, which caches keep as well."""
    expect(cors_vary(missing_answers))


def test_a_refusal_says_that_it_depends_on_the_origin(invalid_answers, expect):
    """So does a refusal."""
    expect(cors_vary(invalid_answers))


def test_a_failure_says_that_it_depends_on_the_origin(failing_answers, expect):
    """So does a failure."""
    expect(cors_vary(failing_answers))
