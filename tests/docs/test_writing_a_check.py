"""docs/writing-a-check.md, followed to the letter in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "writing-a-check.md"
BLOCK = re.compile(r"^```(python title=(?P<file>\S+)|console)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[tuple[str, list[str]]]:
    """Commands of a console block, each with the lines that it is said to print."""
    told: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            told.append((line[2:], []))
        elif line.strip():
            told[-1][1].append(line.strip())
    return told


def test_a_newcomer_who_follows_the_page_gets_what_it_shows(tmp_path: Path) -> None:
    """Every file as printed, every command as printed, every line of output there."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPSCHECK_", "PYTEST_"))}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    followed = 0
    for block in BLOCK.finditer(PAGE.read_text()):
        if block["file"]:
            (tmp_path / block["file"]).write_text(block["text"])
            continue
        for command, lines in commands(block["text"]):
            done = subprocess.run(
                command.split(), cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60, check=False
            )
            shown = [line.strip() for line in done.stdout.splitlines()]
            missing = [line for line in lines if not any(seen.startswith(line) for seen in shown)]
            assert missing == [], f"$ {command}\n{done.stdout}{done.stderr}"
            followed += 1
    assert followed >= 4
