"""A foreign page cannot act as its visitor."""

import pytest

from opscheck.checks.cors_foreign_origin import cors_foreign_origin

pytestmark = pytest.mark.cors


def test_a_foreign_origin_gets_no_credentials(ok_answers, preflights, expect):
    """Neither the answer to a preflight nor one to a plain request lets a foreign page use a visitor's cookies."""
    expect(cors_foreign_origin(ok_answers, preflights))
