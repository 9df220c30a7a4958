"""The page is for everybody: by keyboard, in the dark, on a small screen, without motion, and with any text."""

from __future__ import annotations

import pytest

from service.running import EmbeddedService
from tests.report.test_html_chromium import CONTRAST

from .browsing import Open, altered, fulfil

_STATES = ("primary", "warming", "fallback", "down", "unready", "unknown")


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_the_details_open_by_keyboard(service: EmbeddedService, show: Open, key: str) -> None:
    """The first stop of the Tab key is a real button with a visible focus that opens and closes the details."""
    shown = show(service)
    shown.until("primary")
    shown.page.keyboard.press("Tab")
    button = shown.page.get_by_role("button", name="Details")

    assert button.evaluate("button => button === document.activeElement")
    assert button.evaluate("b => parseFloat(getComputedStyle(b).outlineWidth)") >= 2
    assert button.evaluate("b => getComputedStyle(b).outlineStyle") == "solid"
    assert (button.get_attribute("aria-expanded"), shown.text("details")) == ("false", "")
    assert button.get_attribute("aria-controls") == "details"
    shown.page.keyboard.press(key)
    assert button.get_attribute("aria-expanded") == "true"
    assert "embedded-extractive (embedded)" in shown.text("details")
    shown.page.keyboard.press(key)
    assert (button.get_attribute("aria-expanded"), shown.text("details")) == ("false", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("state", _STATES)
def test_everything_can_be_read(service: EmbeddedService, show: Open, state: str, scheme: str) -> None:
    """All text has a contrast of 4.5 to 1, light and dark, and no state looks like another without its colour."""
    body = altered(service, path="primary" if state in {"unready", "unknown"} else state)
    body |= {"ready": state != "unready", "reasons": ["a reason"]}
    shown = show(service, answer=fulfil(500 if state == "unknown" else 200, body), color_scheme=scheme)
    shown.until(state)
    if state != "unknown":
        shown.page.get_by_role("button").click()

    assert shown.page.evaluate(CONTRAST) == []
    assert shown.page.evaluate("getComputedStyle(document.body).colorScheme") == "light dark"
    dark = shown.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(15, 21, 27)"
    assert dark == (scheme == "dark")


def test_long_and_hostile_texts_are_only_texts_and_fit(service: EmbeddedService, show: Open) -> None:
    """At 320 pixels nothing scrolls sideways, and no text becomes markup."""
    hostile = "<img src=x onerror='window.ran=1'>" + "x" * 300
    body = altered(service, path="warming", model=hostile, provider=hostile, reason=hostile)
    body |= {"tooltip": hostile, "reasons": [hostile] * 3, "ready": False}
    body["primary"] |= {"models_sample": [hostile] * 8, "model": hostile}
    shown = show(service, width=320, answer=fulfil(200, body))
    shown.until("warming")
    shown.page.get_by_role("button").click()

    assert shown.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert shown.page.locator("img").count() == 0
    assert shown.page.evaluate("window.ran") is None
    assert shown.page.get_by_role("button").evaluate("b => b.getBoundingClientRect().height") >= 44
    assert shown.wrong() == []


@pytest.mark.parametrize(("wish", "moves"), [("reduce", False), ("no-preference", True)])
def test_nothing_moves_for_whom_motion_is_too_much(
    service: EmbeddedService, show: Open, wish: str, *, moves: bool
) -> None:
    """The one animation there is stands still where it is not wanted."""
    shown = show(service, answer=fulfil(200, altered(service, path="warming")), reduced_motion=wish)
    shown.until("warming")

    assert bool(shown.page.evaluate("document.getAnimations().length")) == moves
