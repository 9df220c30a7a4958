"""The rules of accessibility, asked in a browser: https://github.com/dequelabs/axe-core."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.parts.find import require_tool

if TYPE_CHECKING:
    from playwright.sync_api import Page

# What a browser leaves out until it is scrolled to has no place yet, so that its ground cannot be told.
ALL_DRAWN = "* { content-visibility: visible !important; transition: none !important }"
ASK = """async () => (await axe.run(document, {resultTypes: ['violations', 'incomplete']}))"""


def axe_script() -> Path:
    """Where the script is; skips the test, by name, where it is not."""
    return require_tool("axe")


def violations(page: Page, script: Path) -> list[str]:
    """What the page does wrong, and what could not be judged: rule, how often, and the first element."""
    page.add_style_tag(content=ALL_DRAWN)
    page.wait_for_timeout(100)
    page.add_script_tag(content=script.read_text())
    told: dict[str, Any] = page.evaluate(ASK)
    if not told["passes"]:
        raise AssertionError("axe looked at nothing")
    return [_line(kind, one) for kind in ("violations", "incomplete") for one in told[kind]]


def _line(kind: str, found: dict[str, Any]) -> str:
    nodes: Sequence[dict[str, Any]] = found["nodes"]
    return f"{kind}: {found['id']} ({len(nodes)} times), such as {nodes[0]['html'][:160]}"
