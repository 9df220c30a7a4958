"""The page in the eyes of axe."""

from __future__ import annotations

import pytest

from service.running import EmbeddedService
from tests.parts.axe import axe_script, violations

from .browsing import Open


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(service: EmbeddedService, show: Open, scheme: str, width: int) -> None:
    """No violation, with the details open."""
    script = axe_script()
    shown = show(service, color_scheme=scheme, width=width, bypass_csp=True)
    shown.until("primary")
    shown.page.get_by_role("button", name="Details").click()

    # The tick is one character, whose contrast axe does not judge; tests/service/test_page_for_all.py does.
    assert [one for one in violations(shown.page, script) if 'id="mark"' not in one] == []
