"""`opscheck run` as a user calls it: in a folder of its own, with a host file that names the tests' images."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from opscheck.hosts.ownership import PLACE, SET, place
from tests.containers.images import ROOT, SERVICE
from tests.parts.docker_engine import DockerEngine

# The machine may be busy: what is tested here is what becomes of containers, not how fast they answer.
_BUDGETS = ("liveness", "ready", "status", "completion", "first_token", "fetch_failure")
_SLO = ", ".join(f"{name}_seconds = 60" for name in _BUDGETS)
_PATIENT = ("--ops-timeout=90", "--ops-preflight-timeout=60")
DEADLINE = 500.0


def host_file(**images: str) -> str:
    """A host file that names images; `model` is that of Ollama."""
    model = f'model = "{images.pop("model")}"\n' if "model" in images else ""
    named = ", ".join(f'{part} = "{image}"' for part, image in {"service": SERVICE, **images}.items())
    return f"[hosts.containers]\nimages = {{ {named} }}\nslo = {{ {_SLO} }}\n{model}"


@dataclass(frozen=True)
class Opscheck:
    """The command in `folder`, against an engine."""

    engine: DockerEngine
    folder: Path

    def __call__(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run it to its end."""
        return subprocess.run(
            self._words(words),
            cwd=self.folder,
            env=self._env(),
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )

    def start(self, *words: str) -> subprocess.Popen[bytes]:
        """Start it in a process group of its own, to be killed by the caller."""
        return subprocess.Popen(
            self._words(words),
            cwd=self.folder,
            env=self._env(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def write(self, text: str, name: str = "opscheck.toml") -> None:
        """Put a file into the folder."""
        (self.folder / name).write_text(text)

    def sets(self) -> set[str]:
        """Which sets there are that were started from this folder: of containers, networks and volumes."""
        template = f'{{{{.Label "{SET}"}}}}'
        chosen = ("--filter", f"label={PLACE}={place(self.folder)}", "--format", template)
        return {
            name
            for listing in (("ps", "-a"), ("network", "ls"), ("volume", "ls"))
            for name in self.engine.docker(*listing, *chosen).split()
        }

    def _words(self, words: Sequence[str]) -> list[str]:
        return [sys.executable, "-m", "opscheck", "run", "--host", "containers", *_PATIENT, *words]

    def _env(self) -> dict[str, str]:
        machine = {name: value for name, value in os.environ.items() if not name.startswith(("OPSCHECK_", "PYTEST_"))}
        return {**machine, **self.engine.environment, "PYTHONPATH": str(ROOT)}
