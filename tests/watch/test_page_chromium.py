"""The status page in a real browser: served, with its policy; wide, on a phone, dark, on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from opscheck.redact import Redactor
from opscheck.watch.routes import Routes
from opscheck.watch.server import StatusServer
from opscheck.watch.view import Board
from tests.parts.axe import axe_script, violations
from tests.parts.chromium import chromium
from tests.report.test_html_chromium import CONTRAST
from tests.watch.fakes import FakeClock
from tests.watch.sample import hostile, sample

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

Open = Callable[..., "Opened"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, driven from outside."""
    with chromium() as started:
        yield started


@dataclass
class Opened:
    """A page that is open, what it has asked for, and what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture
def opened(browser: Browser) -> Iterator[Open]:
    """Serves a board and opens its page."""
    servers: list[StatusServer] = []
    contexts: list[BrowserContext] = []

    def open_page(
        board: Board, *, scheme: str = "light", width: int = 1280, script: bool = True, bare: bool = False
    ) -> Opened:
        server = StatusServer("127.0.0.1", 0, Routes(board, FakeClock(passed=4.0), Redactor()))
        server.start()
        servers.append(server)
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type] # light or dark
            java_script_enabled=script,
            bypass_csp=bare,
        )
        contexts.append(context)
        made = Opened(context.new_page())
        made.page.on("request", lambda request: made.asked.append(request.url))
        made.page.on("console", lambda message: made.complaints.append(message.text))
        made.page.goto(server.url)
        return made

    yield open_page
    for context in contexts:
        context.close()
    for server in servers:
        server.stop()


def test_a_hostile_watch_is_dead(opened: Open) -> None:
    """No script runs, nothing but the page is asked for, and it is complete to its end."""
    made = opened(hostile())
    page = made.page

    assert page.evaluate("window.ran") is None
    assert [url for url in made.asked if not url.endswith("/favicon.ico")] == [page.url]
    assert page.locator("script, iframe, img, form, style[src]").count() == 0
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("contentinfo").is_visible()


def test_its_own_policy_lets_its_style_through_and_no_script(opened: Open) -> None:
    """The policy's hash is that of the style in the page; a script that somebody put there would not run."""
    made = opened(sample())
    page = made.page

    assert page.evaluate("getComputedStyle(document.querySelector('.decision')).backgroundColor") == "rgb(179, 38, 30)"
    assert [one for one in made.complaints if "Content Security Policy" in one] == []
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran=1'}))"
    )
    assert page.evaluate("window.ran") is None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough(opened: Open, scheme: str) -> None:
    """Every visible text has a contrast of at least 4.5 to 1, light and dark."""
    page = opened(sample(), scheme=scheme).page
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")

    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(opened: Open, scheme: str, width: int) -> None:
    """No violation of the rules of accessibility, and nothing that could not be judged."""
    script = axe_script()
    page = opened(sample(), scheme=scheme, width=width, bare=True).page
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")

    assert violations(page, script) == []


@pytest.mark.parametrize("board", [sample(), hostile()], ids=["sample", "hostile"])
@pytest.mark.parametrize("width", [320, 800])
def test_no_page_is_wider_than_its_window(opened: Open, board: Board, width: int) -> None:
    """On a phone nothing makes the page scroll sideways, whatever its texts are."""
    page = opened(board, width=width).page
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_works_without_script(opened: Open) -> None:
    """Folded checks open on a click all the same."""
    page = opened(sample(), script=False).page
    staging = page.locator(".host", has=page.get_by_role("heading", name="staging"))
    assert not staging.locator(".checks").is_visible()

    staging.locator("summary").click()

    assert staging.locator(".checks").is_visible()


def test_bars_are_told_in_words(opened: Open) -> None:
    """Who cannot see a bar hears what it says, gaps included."""
    page = opened(sample()).page
    staging = page.locator(".host", has=page.get_by_role("heading", name="staging"))

    labels = [one.get_attribute("aria-label") for one in staging.locator(".row svg").all()]

    assert labels[0] == "100 % good; 0 of 90 days with failures, 1 with what could not be measured, 11 without samples"
    assert "11 without samples" in str(labels[1])
    assert str(labels[2]).startswith("mean latency by half hour: ")


def test_paper_shows_what_is_folded(opened: Open) -> None:
    """Printed, checks are open and the ground is white."""
    page = opened(sample(), scheme="dark").page
    shown = "[...document.querySelectorAll('.checks')].every(one => one.checkVisibility())"
    before = page.evaluate(shown)
    page.emulate_media(media="print", color_scheme="dark")

    assert not before
    assert page.evaluate(shown)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
