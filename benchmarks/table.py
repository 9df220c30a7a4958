"""Plain tables, as they go into a terminal and a document."""

from __future__ import annotations

from collections.abc import Sequence


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """A title, a head and rows; the first column to the left, figures to the right.

    >>> print(table("t", ("a", "b"), [("x", 1.0)]))
    t
      a      b
      x  1.000
    """
    cells = [list(head), *([_cell(value) for value in row] for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(len(head))]
    lines = [title]
    for row in cells:
        first, *others = (
            text.rjust(width) if column else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append("  " + "  ".join([first, *others]).rstrip())
    return "\n".join(lines)


def _cell(value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    return f"{value:.3f}" if abs(value) < 10 else f"{value:.1f}"


def show(*parts: str) -> None:
    """Print at once, for a benchmark takes minutes."""
    for part in parts:
        print(part, flush=True)
