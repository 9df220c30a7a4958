"""The command line in a process of its own, as an operator starts it, in a folder and environment of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]
_OWN = ("AGENT_", "STACK_", "EDGE_", "COMPOSE_", "DOCKER_HOST", "DOCKER_CONTEXT", "BASE_IMAGE", "GIT_SHA", "BUILD_TIME")


@dataclass(frozen=True)
class StackCommand:
    """Runs `python -m service.stack` in `folder`; `env` comes on top of the machine's."""

    folder: Path
    env: Mapping[str, str] = field(default_factory=dict)
    deadline: float = 240.0

    def __call__(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command to its end."""
        return subprocess.run(
            self.words(*words),
            cwd=self.folder,
            env=self.whole_env(more),
            capture_output=True,
            text=True,
            timeout=self.deadline,
            check=False,
        )

    def start(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """Start a command in a session of its own, to be stopped by the caller."""
        return subprocess.Popen(
            self.words(*words),
            cwd=self.folder,
            env=self.whole_env(more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def words(self, *words: str) -> list[str]:
        """Give the whole command."""
        return [sys.executable, "-W", "error", "-m", "service.stack", *words]

    def whole_env(self, more: Mapping[str, str]) -> dict[str, str]:
        """Give the environment: the machine's without what would set a stack, and what was given."""
        machine = {name: value for name, value in os.environ.items() if not name.startswith(_OWN)}
        return {**machine, "PYTHONPATH": str(ROOT), **self.env, **more}
