"""Open maintenance windows on the status page: as `opscheck window` has opened them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from opscheck.cli.watch import _windows

INVENTORY = '[hosts.prod]\nsystem = "reference"\nurl = "http://127.0.0.1:9"\n'


def test_an_open_window_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With its hosts, its end and what it is for; a folder that is no window, or broken, is left out."""
    monkeypatch.chdir(tmp_path)
    host_file = tmp_path / "opscheck.toml"
    host_file.write_text(INVENTORY)
    look = _windows(host_file)
    assert look() == []
    words = ["window", "open", "fix-1", "--host", "prod", "--emergency", "INC-42", "--reason", "qdrant is full"]
    words += ["--owner", "a", "--backup", "b", "--rollback", "restore the snapshot of noon", "--announced", "#ops"]
    words += ["--snapshot", "opscheck.toml"]
    done = subprocess.run([sys.executable, "-m", "opscheck", *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    broken = tmp_path / "reports" / "windows" / "zz-broken"
    broken.mkdir()
    (broken / "log.jsonl").write_text("no log")

    (window,) = look()

    assert (window.name, tuple(window.hosts), window.reason) == ("fix-1", ("prod",), "qdrant is full")
    assert window.since is not None
    assert window.until is not None
    assert window.since < window.until
