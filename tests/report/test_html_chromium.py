"""The HTML report, as a real browser shows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from opscheck.report import RunReport, html_report
from tests.parts.chromium import chromium
from tests.report.sample import hostile, realistic

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CONTRAST = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const colour = rgb(getComputedStyle(at).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const weak = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own || !element.checkVisibility() || element.closest('.skip')) continue;
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))];
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) weak.push([element.className, element.textContent.slice(0, 30), ratio.toFixed(2)]);
  }
  return weak;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, driven from outside."""
    with chromium() as started:
        yield started


def _open(
    browser: Browser,
    folder: Path,
    report: RunReport,
    *,
    scheme: str = "light",
    width: int = 1280,
    asked: list[str] | None = None,
) -> Page:
    file = folder / "report.html"
    file.write_text(html_report.render(report), encoding="utf-8")
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
    if asked is not None:
        page.on("request", lambda request: asked.append(request.url))
    page.goto(file.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")
    page.wait_for_timeout(200)
    return page


def test_hostile_report_is_dead(browser: Browser, tmp_path: Path) -> None:
    """In a browser no script runs, no request leaves, and the page is complete to its end."""
    asked: list[str] = []
    page = _open(browser, tmp_path, hostile(), asked=asked)

    assert page.evaluate("window.ran") is None
    assert asked == [(tmp_path / "report.html").as_uri()]
    assert page.locator("script, iframe, img, form").count() == 0
    assert page.get_by_role("heading", level=1).count() == 1
    assert page.get_by_role("heading", name="Failed", exact=True).count() == 1
    assert page.get_by_role("contentinfo").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_contrast_is_enough(browser: Browser, tmp_path: Path, scheme: str) -> None:
    """Every visible text has a contrast of at least 4.5 to 1, light and dark."""
    page = _open(browser, tmp_path, realistic(), scheme=scheme)

    assert page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("report", [realistic(), hostile()], ids=["realistic", "hostile"])
@pytest.mark.parametrize("width", [360, 800])
def test_no_page_is_wider_than_its_window(browser: Browser, tmp_path: Path, report: RunReport, width: int) -> None:
    """On a phone nothing makes the page scroll sideways, whatever its texts are."""
    page = _open(browser, tmp_path, report, width=width)

    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_paper_shows_what_is_folded(browser: Browser, tmp_path: Path) -> None:
    """Printed, folded evidence is open and the ground is white."""
    page = _open(browser, tmp_path, realistic(), scheme="dark")
    page.evaluate("document.querySelectorAll('details').forEach(part => part.open = false)")
    shown = "document.querySelector('.exchange').checkVisibility()"
    folded = page.evaluate(shown)
    page.emulate_media(media="print", color_scheme="dark")

    assert not folded
    assert page.evaluate(shown)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
