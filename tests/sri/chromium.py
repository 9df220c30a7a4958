"""A tab of Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.parts.chromium import chromium

if TYPE_CHECKING:
    from playwright.sync_api import Page as Tab


@contextmanager
def tab() -> Iterator[Tab]:
    """A tab of a new browser; without one the test is skipped, or fails where tools are required."""
    with chromium() as browser:
        yield browser.new_page()
