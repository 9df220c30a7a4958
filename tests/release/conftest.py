"""What the tests of a release share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.release.repository import Repository


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nothing of the developer's own settings, and a history that is nobody's."""
    for name in [name for name in os.environ if name.startswith("OPSCHECK_")]:
        if name != "OPSCHECK_REQUIRE_TOOLS":
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state-home"))


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """With one commit, tagged v1."""
    made = Repository(tmp_path / "repo")
    made.commit({"app/main.py": "1", "docs/guide.md": "# Guide", "tests/test_main.py": "1"})
    made.git("tag", "v1")
    return made
