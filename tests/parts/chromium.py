"""Chromium, headless, driven from outside."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

from tests.parts.find import absent, require_tool

if TYPE_CHECKING:
    from playwright.sync_api import Browser

_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A new browser; skips the test where Chromium or Playwright is not installed.

    No longer than a module's tests: its driver keeps an event loop running.
    """
    program = require_tool("chromium")
    if find_spec("playwright") is None:
        absent("playwright is not installed")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - optional

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(program), args=list(_FLAGS))
        try:
            yield browser
        finally:
            browser.close()
