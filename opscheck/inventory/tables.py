"""Where the items of an array of tables begin in a TOML file, so that an error can name the line."""

from __future__ import annotations

import re
from pathlib import Path


def item_lines(text: str, table: str) -> list[int]:
    r"""The line of each `[[table]]`, the first line being 1; found as text, so a header in a long string counts.

    >>> item_lines("[[waiver]]\na = 1\n\n[[ waiver ]]\n", "waiver")
    [1, 4]
    """
    header = re.compile(rf"^\s*\[\[\s*\"?{re.escape(table)}\"?\s*\]\]")
    return [number for number, line in enumerate(text.splitlines(), 1) if header.match(line)]


def line_of_item(path: Path, table: str, index: int) -> int:
    """The line of an item; 0 where it cannot be told."""
    lines = item_lines(path.read_text("utf-8"), table)
    return lines[index] if index < len(lines) else 0
