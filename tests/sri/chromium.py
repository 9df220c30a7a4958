"""Chromium, driven from outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from tests.parts.find import require_tool

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab

_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


@contextmanager
def tab() -> Iterator[Tab]:
    """A tab of a new browser; without one the test is skipped, or fails where tools are required."""
    program = require_tool("chromium")
    if find_spec("playwright") is None:
        lacking = pytest.fail if os.environ.get("OPSCHECK_REQUIRE_TOOLS") == "1" else pytest.skip
        lacking("playwright is not installed")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - optional

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(program), args=_FLAGS)
        try:
            yield browser.new_page()
        finally:
            browser.close()
