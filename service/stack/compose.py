"""Docker Compose, version 2 as a plugin or version 1 as a program, with this stack's files and settings."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from .docker import Docker
from .environment import FOLDER, OF_PROFILE, PORTS, PROFILES, Stack
from .outcome import Exit, StackError
from .programs import Done, run, run_attached

_NO_SETTINGS = (
    FOLDER / "deploy" / "empty.env"
)  # Compose reads no .env of its own: it is laid under the environment here
_UP_S = 1800.0  # images may have to be fetched
_DOWN_S = 180.0
_TAKEN = re.compile(r":(\d+)(?: failed)?: (?:port is already allocated|bind: )|exposing port TCP \S*:(\d+)")


class Compose:
    """Compose for one stack. The first use finds out which version is here."""

    def __init__(self, stack: Stack, docker: Docker) -> None:
        self._stack = stack
        self._docker = docker
        self._command: tuple[str, ...] = ()
        self.version = ""

    @property
    def legacy(self) -> bool:
        """Whether it is version 1."""
        self.find()
        return len(self._command) == 1

    def find(self) -> None:
        """Find the plugin, else the program.

        Raises:
            StackError: neither is here.
        """
        if self._command:
            return
        done = self._docker.try_("compose", "version", "--short")
        if done.code == 0:
            self._command, self.version = ("docker", "compose"), done.out.strip().lstrip("v")
            return
        program = shutil.which("docker-compose", path=self._stack.env.get("PATH"))
        if program is not None:
            done = run([program, "version", "--short"], env=self._stack.env)
            if done.code == 0:
                self._command, self.version = (program,), done.out.strip().lstrip("v")
                return
        raise StackError(
            "Docker Compose is missing: install the plugin (docker-compose-plugin) or the program docker-compose",
            Exit.COMPOSE_FAILED,
        )

    def config(self) -> str:
        """Give the stack as Compose understands it, or raise with what it does not."""
        return self._ask("config", deadline_s=60).out

    def services(self) -> list[str]:
        """Name the services of the chosen profiles."""
        named = self._ask("config", "--services", deadline_s=60).out.split()
        # Version 1 names the services of all profiles.
        return [one for one in named if OF_PROFILE.get(one, "core") in ("core", *self._stack.profiles)]

    def up(self) -> None:
        """Start what does not run and recreate what has changed; what is as it should be is left alone."""
        self._ask("up", "-d", "--no-build", "--remove-orphans", deadline_s=_UP_S)

    def down(self, *, volumes: bool) -> None:
        """Remove containers and networks of every profile, and volumes where told."""
        more = ("--volumes",) if volumes else ()
        self._ask("down", "--remove-orphans", *more, deadline_s=_DOWN_S, profiles=PROFILES)

    def stop(self, *services: str) -> None:
        """Stop services; their containers stay."""
        self._ask("stop", *services, deadline_s=_DOWN_S)

    def start(self, *services: str) -> None:
        """Start services again."""
        self._ask("start", *services, deadline_s=_DOWN_S)

    def logs(self, services: tuple[str, ...], *, tail: int, follow: bool) -> int:
        """Show what services have written, on this terminal."""
        words = ["logs", "--no-color", "--tail", str(tail), *(("--follow",) if follow else ()), *services]
        return run_attached([*self._words(PROFILES), *words], env=self._stack.env)

    def _ask(self, *words: str, deadline_s: float, profiles: tuple[str, ...] = ()) -> Done:
        done = run([*self._words(profiles), *words], env=self._stack.env, deadline_s=deadline_s)
        if done.code != 0:
            raise StackError(f"compose {words[0]} failed: {explained(done, self._stack.env)}", Exit.COMPOSE_FAILED)
        return done

    def _words(self, profiles: tuple[str, ...] = ()) -> list[str | Path]:
        self.find()
        files = [word for file in self._stack.files for word in ("-f", file)]
        chosen = [word for name in (profiles or self._stack.profiles) for word in ("--profile", name)]
        place: list[str | Path] = ["--project-directory", FOLDER, "--env-file", _NO_SETTINGS]
        return [*self._command, "-p", self._stack.project, *place, *files, *chosen]


def explained(done: Done, env: Mapping[str, str]) -> str:
    """Say in one line what Compose complained about; for a taken port, which setting moves it."""
    # Compose tells its progress on the same stream; what matters begins with this word.
    errors = [line.strip() for line in done.err.splitlines() if line.lower().startswith(("error", "invalid"))]
    told = errors[-1] if errors else done.last_words()
    taken = _TAKEN.search(done.err)
    if taken is None:
        return told
    port = taken[1] or taken[2]
    setting = next((name for name in PORTS if env.get(name) == port), "")
    mend = f": set {setting} to a free one, in .env or the environment" if setting else ""
    return f"port {port} is taken{mend} ({told})"
