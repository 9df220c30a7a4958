"""The pages of the checks, written from the registry: `python -m opscheck.checks._pages docs/checks`."""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path
from typing import Final

from opscheck.registry import CheckInfo, shipped_checks

INDEX: Final = "README.md"
_NOTE: Final = "<!-- Written by `python -m opscheck.checks._pages docs/checks`; edit the check, not this page. -->"


def pages() -> dict[str, str]:
    """Every page by file name: an index, and one for each check."""
    checks = shipped_checks()
    return {INDEX: _index(list(checks.values())), **{f"{name}.md": _page(info) for name, info in checks.items()}}


def _index(checks: list[CheckInfo]) -> str:
    lines = [
        "# Checks",
        "",
        _NOTE,
        "",
        "Each check names the faults that must turn it red; the tests show that they do.",
        "",
    ]
    for concern, members in groupby(
        sorted(checks, key=lambda info: (info.concern, info.id)), lambda info: info.concern
    ):
        lines += [f"## {concern}", "", "| check | promise | faults |", "|---|---|---|"]
        lines += [f"| [{info.id}]({info.id}.md) | {_cell(info.promise)} | {len(info.faults)} |" for info in members]
        lines.append("")
    return "\n".join(lines)


def _page(info: CheckInfo) -> str:
    function = info.id.replace("-", "_")
    faults = [f"| `{name}` | {_cell(text)} |" for name, text in info.faults.items()]
    return "\n".join(
        [
            f"# {info.id}",
            "",
            _NOTE,
            "",
            info.promise,
            "",
            f"- Suite: `{info.concern}`",
            f"- In a test: `from {info.module} import {function}`",
            f"- Where it is red: {info.remedy}",
            "",
            "| fault | what is broken |",
            "|---|---|",
            *faults,
            "",
        ]
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def write(folder: Path) -> None:
    """Write every page, and remove those of checks that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for path in folder.glob("*.md"):
        if path.name not in wanted:
            path.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
