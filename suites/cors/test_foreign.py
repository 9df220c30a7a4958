"""A foreign page cannot act as its visitor."""

import pytest

from opscheck.checks.cors_foreign_origin import cors_foreign_origin

pytestmark = pytest.mark.cors


def test_a_foreign_origin_gets_no_credentials(foreign_preflight, foreign_request, expect):
    """Neither the answer to a preflight nor one to a plain request lets a foreign page use a visitor's cookies."""
    expect(cors_foreign_origin(foreign_preflight, foreign_request))
