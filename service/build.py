"""What is running: the commit and the time of the build, read once at start and never made up."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from .clock import rfc3339

UNKNOWN = "unknown"
_PATIENCE_S = 2.0


@dataclass(frozen=True, slots=True)
class Build:
    """Commit and time of a build, each `unknown` where nobody has told."""

    sha: str = UNKNOWN
    time: str = UNKNOWN

    def as_dict(self) -> dict[str, str]:
        """Give the wire form."""
        return {"sha": self.sha, "time": self.time}


def build_of(sha: str, time: datetime | None, folder: Path | None = None) -> Build:
    """Give what the settings say, and what git says of the checkout where they say nothing.

    The time is the commit's only for that commit: with a `sha` of another one it stays unknown.
    """
    told = rfc3339(time) if time is not None else ""
    if sha and told:
        return Build(sha, told)
    found = from_git(folder if folder is not None else Path(__file__).parent)
    if sha and not found.sha.startswith(sha):
        return Build(sha, told or UNKNOWN)
    return Build(sha or found.sha, told or found.time)


@cache
def from_git(folder: Path) -> Build:
    """Ask git for the commit that is checked out, if it is this code that git keeps there."""
    # Installed into an environment inside somebody's repository, that repository's commit would be a lie.
    if _git(folder, "ls-files", "--error-unmatch", "app.py") is None:
        return Build()
    said = (_git(folder, "log", "-1", "--format=%H %cI") or "").split()
    if len(said) != 2:
        return Build()
    return Build(said[0], rfc3339(datetime.fromisoformat(said[1])))


def _git(folder: Path, *arguments: str) -> str | None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
            ["git", "-C", str(folder), *arguments],  # noqa: S607 - the operator's git, wherever it is
            env=own,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_S,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout
