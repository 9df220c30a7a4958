"""A folder to be deployed, and the command line."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def sri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `opscheck sri` in an empty folder, in this process."""
    from opscheck.cli.app import app  # noqa: PLC0415 - only its users pay for it

    for name in [name for name in os.environ if name.startswith("OPSCHECK_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        words = ["sri", *map(str, arguments)]
        done = CliRunner().invoke(app, words, catch_exceptions=False)
        return subprocess.CompletedProcess(words, done.exit_code, done.stdout, done.stderr)

    return run


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    """A page with two assets."""
    root = tmp_path / "dist"
    (root / "assets").mkdir(parents=True)
    (root / "assets" / "app.js").write_bytes(b"document.title = 'ready'\n" * 200)
    (root / "assets" / "app.css").write_bytes(b"body { color: rgb(1, 2, 3) }\n" * 200)
    (root / "index.html").write_text(
        '<!doctype html>\n<link rel="stylesheet" href="/assets/app.css">\n<script src="assets/app.js" defer></script>\n'
    )
    return root
