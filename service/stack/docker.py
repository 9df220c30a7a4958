"""The docker command: what it is asked, and what it answered as values."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from .engine import require_engine
from .outcome import Exit, StackError
from .programs import Done, run

PROJECT_LABEL = "com.docker.compose.project"
SERVICE_LABEL = "com.docker.compose.service"
VOLUME_LABEL = "com.docker.compose.volume"
_ASK_S = 30.0
_GONE = ("Cannot connect to the Docker daemon", "error during connect", "Is the docker daemon running")


@dataclass(frozen=True, slots=True)
class Container:
    """A container as the engine tells of it. `health` is empty where no health check is defined."""

    id: str
    name: str
    service: str
    image: str
    state: str
    health: str
    started: str
    restarts: int
    exit_code: int
    ports: tuple[str, ...]
    volumes: tuple[str, ...]

    @property
    def working(self) -> bool:
        """Whether it runs and no health check says otherwise."""
        return self.state == "running" and self.health != "unhealthy"


class Docker:
    """The engine, by its command. Every call has a deadline; what the engine refuses is a StackError."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def require(self) -> None:
        """Raise unless the engine answers, with the cause."""
        require_engine(self.env)

    def ask(self, *words: str, deadline_s: float = _ASK_S) -> str:
        """Give what `docker WORDS` says.

        Raises:
            StackError: the engine refused.
        """
        done = self.try_(*words, deadline_s=deadline_s)
        if done.code != 0:
            raise refusal(f"docker {words[0]}", done)
        return done.out

    def try_(
        self,
        *words: str,
        deadline_s: float = _ASK_S,
        stdin: IO[bytes] | None = None,
        stdout: IO[bytes] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Done:
        """Run `docker WORDS` and give how it ended, good or bad."""
        told = {**self.env, **(env or {})}
        return run([self.program, *words], env=told, deadline_s=deadline_s, stdin=stdin, stdout=stdout)

    @property
    def program(self) -> str:
        """The docker command."""
        return shutil.which("docker", path=self.env.get("PATH")) or "docker"

    def containers(self, project: str) -> list[Container]:
        """Give the project's containers, also those that do not run, by service and name."""
        names = self.ask("ps", "-aq", "--no-trunc", "--filter", f"label={PROJECT_LABEL}={project}").split()
        lasting = [one for one in self.inspect(names) if _labels(one).get("com.docker.compose.oneoff") != "True"]
        return sorted((_container(one) for one in lasting), key=lambda one: (one.service, one.name))

    def every_container(self) -> list[Container]:
        """Give all containers of this engine, whoever made them, also those that do not run."""
        return [_container(one) for one in self.inspect(self.ask("ps", "-aq", "--no-trunc").split())]

    def inspect(self, ids: Sequence[str], kind: str = "container") -> list[dict[str, Any]]:
        """Give what the engine knows of each that still exists."""
        if not ids:
            return []
        done = self.try_(kind, "inspect", *ids)
        # One that vanished meanwhile makes the command fail, and the others are told all the same.
        if done.code != 0 and "no such" not in done.err.lower():
            raise refusal(f"docker {kind} inspect", done)
        return [one for one in json.loads(done.out or "[]") if isinstance(one, dict)]

    def volume(self, project: str, name: str) -> str:
        """Give the full name of a volume of the project, or nothing."""
        filters = [f"label={PROJECT_LABEL}={project}", f"label={VOLUME_LABEL}={name}"]
        found = self.ask("volume", "ls", "-q", "--filter", filters[0], "--filter", filters[1]).split()
        return found[0] if found else ""


def refusal(what: str, done: Done) -> StackError:
    """Make the error that tells what the engine said."""
    told = done.last_words()
    if any(sign in told for sign in _GONE):
        return StackError(f"no engine: it went away while {what} ran: {told}", Exit.NO_ENGINE)
    return StackError(f"{what} failed: {told}", Exit.COMPOSE_FAILED)


def _labels(told: Mapping[str, Any]) -> Mapping[str, str]:
    return (told.get("Config") or {}).get("Labels") or {}


def _container(told: Mapping[str, Any]) -> Container:
    state = told.get("State") or {}
    return Container(
        id=str(told.get("Id", "")),
        name=str(told.get("Name", "")).lstrip("/"),
        service=_labels(told).get(SERVICE_LABEL, ""),
        image=str((told.get("Config") or {}).get("Image", "")),
        state=str(state.get("Status", "unknown")),
        health=str((state.get("Health") or {}).get("Status", "")),
        started=_moment(str(state.get("StartedAt", ""))),
        restarts=int(told.get("RestartCount") or 0),
        exit_code=int(state.get("ExitCode") or 0),
        ports=_ports(told),
        volumes=tuple(
            str(mount["Name"])
            for mount in told.get("Mounts") or []
            if mount.get("Type") == "volume" and "Name" in mount
        ),
    )


def _ports(told: Mapping[str, Any]) -> tuple[str, ...]:
    published = (told.get("NetworkSettings") or {}).get("Ports") or {}
    return tuple(
        f"{one.get('HostIp')}:{one.get('HostPort')}->{inside}"
        for inside, places in sorted(published.items())
        for one in places or []
    )


def _moment(raw: str) -> str:
    return "" if raw.startswith("0001-") or not raw else raw[:19] + "Z"
