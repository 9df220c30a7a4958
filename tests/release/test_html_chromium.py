"""The HTML report in a real browser: offline, light and dark, wide and narrow, on paper, with axe."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opscheck.release import as_html
from opscheck.release.words import ReleaseReport, State
from tests.parts.axe import axe_script, violations
from tests.parts.chromium import chromium
from tests.release.made import every_state, finding, report
from tests.report.sample import HOSTILE
from tests.report.test_html_chromium import CONTRAST

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

HOSTILE_REPORT = report(
    *(
        finding(state, f"i{n}", reason=" ".join(HOSTILE), evidence=HOSTILE, remedy=HOSTILE[0])
        for n, state in enumerate(State)
    ),
    notes=HOSTILE,
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, driven from outside."""
    with chromium() as started:
        yield started


def opened(browser: Browser, folder: Path, shown: ReleaseReport, *, scheme: str = "light", width: int = 1280) -> Page:
    """The report in a window, everything unfolded."""
    file = folder / "release.html"
    file.write_text(as_html.render(shown), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.wait_for_timeout(100)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough(browser: Browser, tmp_path: Path, scheme: str) -> None:
    """Every visible text has a contrast of at least 4.5 to 1."""
    assert opened(browser, tmp_path, every_state(), scheme=scheme).evaluate(CONTRAST) == []


@pytest.mark.parametrize("shown", [every_state(), HOSTILE_REPORT], ids=["every-state", "hostile"])
@pytest.mark.parametrize("width", [360, 800])
def test_no_page_is_wider_than_its_window(browser: Browser, tmp_path: Path, shown: ReleaseReport, width: int) -> None:
    """Nothing makes the page scroll sideways."""
    page = opened(browser, tmp_path, shown, width=width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_hostile_texts_are_dead(browser: Browser, tmp_path: Path) -> None:
    """No script runs, no request leaves, the page is complete."""
    asked: list[str] = []
    file = tmp_path / "release.html"
    file.write_text(as_html.render(HOSTILE_REPORT), encoding="utf-8")
    page = browser.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())

    assert page.evaluate("window.ran") is None
    assert asked == [file.as_uri()]
    assert page.get_by_role("contentinfo").is_visible()


def test_it_reads_in_order(browser: Browser, tmp_path: Path) -> None:
    """One first heading with the decision, no level left out, sections named, steps a list in order."""
    page = opened(browser, tmp_path, every_state())

    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map(h => Number(h.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert page.get_by_role("heading", level=1).inner_text().startswith("NO-GO")
    for name in ("In the way", "Steps", "Checklist", "Notes"):
        assert page.get_by_role("region", name=name).count() == 1
    assert page.locator("ol.steps > li").count() == 3
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the reasons"


def test_on_paper(browser: Browser, tmp_path: Path) -> None:
    """White ground, everything unfolded, and a PDF of some pages."""
    page = opened(browser, tmp_path, every_state(), scheme="dark")
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = false)")
    page.emulate_media(media="print", color_scheme="dark")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("[...document.querySelectorAll('.seen')].every(part => part.checkVisibility())")
    assert page.pdf()[:5] == b"%PDF-"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser: Browser, tmp_path: Path, scheme: str) -> None:
    """No violation, and nothing left unjudged; the page's own policy lets no script in, so it is set aside."""
    script = axe_script()
    file = tmp_path / "release.html"
    file.write_text(as_html.render(every_state()), encoding="utf-8")
    page = browser.new_page(bypass_csp=True, color_scheme=scheme)  # type: ignore[arg-type] # light or dark
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")

    assert violations(page, script) == []
