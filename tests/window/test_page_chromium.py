"""The report of a window as people get it: in a browser, on a phone, on paper, by keyboard, read aloud."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opscheck.model import Outcome
from opscheck.report import html_report
from opscheck.window.account import account
from opscheck.window.page import render
from opscheck.window.verify import seal
from tests.parts.axe import axe_script, violations
from tests.report.sample import large, realistic
from tests.report.test_html_chromium import CONTRAST
from tests.window.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture
def report(world: World) -> Path:
    """A window in which a bit of everything happened."""
    window = world.whole()
    after = realistic()
    before = replace(after, results=[one for one in after.results if one.outcome is not Outcome.FAIL])
    file = world.folder / "report.html"
    file.write_bytes(seal(render(account(window, before, after), made=world.now)))
    return file


@contextmanager
def shown(browser: Browser, file: Path, *, scheme: str = "light", width: int = 1280) -> Iterator[Page]:
    """The file in a window of its own; scripts of a test get past its policy."""
    size = {"width": width, "height": 900}
    context = browser.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(file.as_uri())
    yield page
    context.close()


@pytest.mark.parametrize("kind", ["window", "run"])
@pytest.mark.parametrize("look", ["light-1280", "dark-1280", "light-320", "dark-320"])
def test_axe_finds_nothing(browser: Browser, report: Path, look: str, kind: str) -> None:
    """No violation, and nothing that could not be judged, with every fold open; also for the report of a run."""
    script = axe_script()
    scheme, _, width = look.partition("-")
    if kind == "run":
        report.write_text(html_report.render(realistic()))
    with shown(browser, report, scheme=scheme, width=int(width)) as page:
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        assert violations(page, script) == []


def test_axe_sees_what_is_wrong(browser: Browser, report: Path) -> None:
    """The judge is not asleep: weak text is found."""
    script = axe_script()
    report.write_bytes(
        report.read_bytes().replace(b"</main>", b'<p style="color:#bbb;background:#fff">weak</p></main>')
    )
    with shown(browser, report) as page:
        assert any("color-contrast" in one for one in violations(page, script))


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_can_be_read(browser: Browser, report: Path, scheme: str) -> None:
    """Every text has a contrast of at least 4.5 to 1."""
    with shown(browser, report, scheme=scheme) as page:
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        page.wait_for_timeout(200)
        assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("width", [320, 800, 1280])
def test_nothing_is_wider_than_the_window(browser: Browser, report: Path, width: int) -> None:
    """On a phone only tables scroll sideways, within themselves."""
    with shown(browser, report, width=width) as page:
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_order_is_that_of_the_eyes(browser: Browser, report: Path) -> None:
    """Read aloud or walked through by keyboard: the decision first, headings in order, every stop visible."""
    with shown(browser, report) as page:
        headings = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].map(h => [+h.tagName[1], h.innerText])")
        stops = []
        for _ in range(14):
            page.keyboard.press("Tab")
            stops.append(
                page.evaluate(
                    "(() => { const e = document.activeElement, r = e.getBoundingClientRect();"
                    "return [e.getAttribute('aria-label') || e.innerText.slice(0, 40), r.width > 0 && r.height > 0,"
                    "e.getBoundingClientRect().top + scrollY] })()"
                )
            )
    levels = [level for level, _ in headings]

    assert headings[0][0] == 1
    assert headings[0][1].startswith("FAIL")
    assert [text for level, text in headings if level == 2][:4] == [
        *("Checklist", "Timeline", "Before and after", "Failures"),
    ]
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))
    assert stops[0][0] == "Skip to the checklist"
    assert stops[1][0] == "Every item"
    assert all(visible for _, visible, _ in stops)
    tops = [top for _, _, top in stops[1:]]
    assert tops == sorted(tops)


def test_the_drawings_are_told_in_words(browser: Browser, report: Path) -> None:
    """Each that is not decoration has a name that says what it shows."""
    with shown(browser, report) as page:
        names = page.evaluate("[...document.querySelectorAll('svg[role=img]')].map(s => s.getAttribute('aria-label'))")
        bare = page.evaluate("document.querySelectorAll('svg:not([role=img]):not([aria-hidden=true])').length")

    assert bare == 0
    assert any(re.match(r"May be used from 02:10|May be used from 02:00", name) for name in names)
    assert any(name.startswith("Latency of the checks") for name in names)


def test_no_request_leaves_it(browser: Browser, report: Path) -> None:
    """Offline it is complete."""
    context = browser.new_context(offline=True)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    page.wait_for_timeout(200)

    assert asked == [report.as_uri()]
    assert page.locator("script").count() == 0
    context.close()


def test_it_prints_on_paper(browser: Browser, report: Path) -> None:
    """White, with the failures open, the passes counted only, and of a few pages."""
    with shown(browser, report, scheme="dark") as page:
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert page.evaluate("document.querySelector('#failures .exchange').checkVisibility()")
        assert not page.evaluate("document.querySelector('#passed .lines').checkVisibility()")
        paper = page.pdf(format="A4")

    pages = len(re.findall(rb"/Type\s*/Page\b", paper))
    assert paper.startswith(b"%PDF")
    assert 2 <= pages <= 12


def test_two_thousand_results_open_at_once(browser: Browser, world: World) -> None:
    """A third of a second here until all is drawn; the bound is for a busy machine. On paper they stay few pages."""
    file = world.folder / "large.html"
    file.write_bytes(seal(render(account(world.whole(), large(2000, 0), large(2000, 40)), made=world.now)))
    with shown(browser, file) as warm:
        warm.title()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    began = time.perf_counter()
    page.goto(file.as_uri())
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    took = time.perf_counter() - began
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    context.close()

    assert took < 5
    assert pages < 60
    print(f"opened in {took:.2f} s, {pages} pages")
