"""A real git repository to try things on."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from opscheck.release.git import Git
from opscheck.release.processes import Programs
from tests.parts.find import require_tool


class Repository:
    """A repository with commits a day apart."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._day = 0
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *words: str) -> str:
        """Run git, with an author of its own."""
        require_tool("git")
        at = (datetime(2026, 3, 1, 12, tzinfo=UTC) + timedelta(days=self._day)).isoformat()
        settings = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_AUTHOR_DATE": at, "GIT_COMMITTER_DATE": at}
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
        done = subprocess.run(
            ["git", *who, *words],
            cwd=self.folder,
            env={**os.environ, **settings},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str | None]) -> str:
        """Write files (None removes one) and commit them; the commit's sha."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink() if text is None else path.write_text(text)
        self.git("add", "-A")
        self._day += 1
        self.git("commit", "-q", "--allow-empty", "-m", "change")
        return self.git("rev-parse", "HEAD")

    @property
    def known(self) -> Git:
        """As the product asks it."""
        return Git(Programs(self.folder))
