"""The folder that a window's tests share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.parts.chromium import chromium
from tests.window.world import World

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture
def world(tmp_path: Path) -> World:
    """A folder with everything that a window needs, on a Saturday at 02:10 UTC."""
    return World(tmp_path)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, driven from outside."""
    with chromium() as started:
        yield started
