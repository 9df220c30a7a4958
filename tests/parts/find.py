"""Where a test gets a real program: from PATH, else from the cache, else it is skipped."""

import os
from pathlib import Path
from typing import NoReturn

import pytest

from tests.parts.part import cache_folder, which
from tests.parts.recipes import PARTS


def find_tool(name: str) -> Path | None:
    """Return the program or file called `name`, from PATH and system folders first, then from the cache."""
    for part in PARTS:
        if name in {part.name, part.file}:
            return part.find(cache_folder())
    return which(name)


def require_tool(name: str) -> Path:
    """Return the program called `name`; skip the test without it, or fail if OPSCHECK_REQUIRE_TOOLS is 1."""
    found = find_tool(name)
    if found is None:
        absent(f"{name} is not installed")
    return found


def absent(reason: str) -> NoReturn:
    """Skip the test because something is not here, or fail it if OPSCHECK_REQUIRE_TOOLS is 1."""
    if os.environ.get("OPSCHECK_REQUIRE_TOOLS") == "1":
        pytest.fail(reason)
    pytest.skip(reason)
