"""The page on waivers: its walk through an empty folder does what it says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from service.running import EmbeddedService

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "triage-and-waivers.md"


def steps(text: str) -> list[tuple[str, list[str]]]:
    """Each command of a console block, with the lines that are shown of its output."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line != "...":
            found[-1][1].append(line.removesuffix("...").rstrip())
    return found


def test_the_walk_does_what_it_says(tmp_path: Path) -> None:
    """Every command in turn, against a service of its own; every line that the page shows is printed, in order."""
    block = re.search(r"^To see both at work.*?^```console\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    assert block is not None
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("OPSCHECK_", "PYTEST_"))}
    env = {**plain, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    with EmbeddedService() as service:
        for command, shown in steps(block[1].replace("http://127.0.0.1:8000", service.agent_url)):
            done = subprocess.run(
                ["bash", "-c", command], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=90, check=False
            )
            told = iter(done.stdout.splitlines())
            for line in shown:
                assert any(one.startswith(line) for one in told), (command, line, done.stdout + done.stderr)
            assert done.stderr == ""
    assert [command.split()[0] for command, _ in steps(block[1])].count("opscheck") == 4
