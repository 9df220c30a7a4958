"""The service's page in a browser, and what is seen of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from service.running import EmbeddedService

from .asking import summary

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Route

_SUMMARY = "**/api/status/summary"
# Chromium knows the policy for scripts only and says so; other browsers hold styles to it as well.
_NO_MISTAKE = "The Integrity-Policy destination 'style' is not supported."
_WATCH = """
window.violations = [];
document.addEventListener('securitypolicyviolation', event => window.violations.push(event.violatedDirective));
"""


@dataclass
class Shown:
    """The page of a service, and what went wrong in it."""

    page: Page
    mistakes: list[str] = field(default_factory=list)
    asked: int = 0

    @property
    def state(self) -> str:
        """Give the badge's state."""
        return str(self.page.locator("#badge").get_attribute("data-state"))

    @property
    def label(self) -> str:
        """Give the badge's word."""
        return str(self.page.locator("#label").text_content())

    def text(self, name: str) -> str:
        """Give a part's text, empty when it is not shown."""
        part = self.page.locator(f"#{name}")
        return str(part.text_content()) if part.is_visible() else ""

    def wrong(self) -> list[str]:
        """Give what the policy has refused, and what the console complains of."""
        violations = self.page.evaluate("window.violations")
        return [*violations, *(line for line in self.mistakes if line != _NO_MISTAKE)]

    def until(self, state: str) -> None:
        """Wait for a state."""
        self.page.wait_for_selector(f'#badge[data-state="{state}"]', timeout=20_000)


Open = Callable[..., Shown]


def open_page(
    browser: Browser,
    service: EmbeddedService,
    *,
    width: int = 900,
    by_hand: bool = False,
    answer: Callable[[Route], None] | None = None,
    **options: Any,  # noqa: ANN401 - the browser's own
) -> tuple[Shown, BrowserContext]:
    """Open a service's page; `by_hand` moves its time by hand only, `answer` takes the place of the summary."""
    context = browser.new_context(viewport={"width": width, "height": 800}, **options)
    page = context.new_page()
    shown = Shown(page)
    page.on("console", lambda line: shown.mistakes.append(line.text) if line.type != "log" else None)
    page.on("pageerror", lambda error: shown.mistakes.append(str(error)))
    page.on("request", lambda request: _count(shown, request.url))
    page.add_init_script(_WATCH)
    if answer is not None:
        page.route(_SUMMARY, answer)
    if by_hand:
        page.clock.install()
    page.goto(f"{service.agent_url}/")
    return shown, context


def altered(service: EmbeddedService, **llm: object) -> dict[str, Any]:
    """Give the service's summary with another path to a language model."""
    body = summary(service)
    return {**body, "llm": {**body["llm"], **llm}}


def fulfil(status: int, body: object) -> Callable[[Route], None]:
    """Answer with this."""
    text = body if isinstance(body, str) else json.dumps(body)
    return lambda route: route.fulfill(status=status, content_type="application/json", body=text)


def abort(route: Route) -> None:
    """Do not answer."""
    route.abort()


def _count(shown: Shown, url: str) -> None:
    shown.asked += url.endswith("/api/status/summary")
