"""Stacks on a real container engine: images made here, projects of their own, and nothing left behind."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.containers.images import EDGE, SERVICE
from tests.parts.docker_engine import BASE_IMAGE, DockerEngine, DockerError
from tests.parts.part import which
from tests.parts.process import free_port
from tests.stack.command import StackCommand

BASE = BASE_IMAGE
_PROJECT = "opstest"
_LABEL = "com.docker.compose.project"
_HELPER = "opscheck.stack.helper"


@dataclass(frozen=True)
class Engine:
    """An engine that answers, with Compose."""

    real: DockerEngine

    @property
    def docker(self) -> str:
        """The docker command."""
        return str(which("docker"))

    @property
    def env(self) -> dict[str, str]:
        """What a command has to be told to find this engine."""
        told = self.real.environment
        return {name: told[name] for name in ("DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT") if name in told}

    def __call__(self, *words: str) -> str:
        """Give what `docker WORDS` says; an error fails the test."""
        return self.real.docker(*words)

    def labelled(self, kind: str, *filters: str) -> list[str]:
        """Name the containers (also stopped ones), volumes or networks with labels."""
        chosen = [word for one in filters for word in ("--filter", f"label={one}")]
        listing = ["ps", "-aq"] if kind == "container" else [kind, "ls", "-q"]
        return self(*listing, *chosen).split()

    def sweep(self, *filters: str) -> None:
        """Remove everything with these labels."""
        removals = {"container": ["rm", "-f", "-v"], "volume": ["volume", "rm"], "network": ["network", "rm"]}
        for kind, words in removals.items():
            for name in self.labelled(kind, *filters):
                with suppress(DockerError):  # it has gone by itself
                    self(*words, name)


def legacy_compose() -> Path:
    """Give the program docker-compose of version 1; skip the test without one, which today's machines are."""
    program = which("docker-compose")
    if program is not None:
        told = subprocess.run([program, "version", "--short"], capture_output=True, text=True, check=False)
        if told.stdout.startswith("1."):
            return program
    pytest.skip("docker-compose 1.x is not installed")


@contextmanager
def project(engine: Engine, folder: Path, **settings: str) -> Iterator[StackCommand]:
    """Give the command line for a stack with a name and ports of its own; at the end it is gone, volumes and all."""
    sweep_dead(engine)
    name = f"{_PROJECT}-{os.getpid()}-{secrets.token_hex(3)}"
    ports = {port: str(free_port()) for port in ("AGENT_PORT", "WEBFETCH_PORT", "EDGE_PORT", "PROMETHEUS_PORT")}
    own = {"STACK_PROJECT_NAME": name, "AGENT_IMAGE": SERVICE, "EDGE_IMAGE": EDGE, "BASE_IMAGE": BASE, **ports}
    command = StackCommand(folder, {**engine.env, **own, **settings})
    try:
        yield command
    finally:
        engine.sweep(f"{_HELPER}={name}")  # first: the project's network is in use until they are gone
        engine.sweep(f"{_LABEL}={name}")


def sweep_dead(engine: Engine) -> None:
    """Remove what runs of tests have left that were killed: a project's name tells whose it is."""
    told = engine("ps", "-a", "--format", f'{{{{.Label "{_LABEL}"}}}}').split()
    for kind in ("volume", "network"):
        told += engine(kind, "ls", "--format", f'{{{{.Label "{_LABEL}"}}}}').split()
    for name in {one for one in told if one.startswith(f"{_PROJECT}-")}:
        owner = name.split("-")[1]
        if not Path("/proc", owner).is_dir():
            engine.sweep(f"{_HELPER}={name}")
            engine.sweep(f"{_LABEL}={name}")


def ids_of(engine: Engine, command: StackCommand, services: Sequence[str]) -> dict[str, str]:
    """Give the container of each service, as its id."""
    return {
        service: engine(
            *("ps", "-aq", "--no-trunc", "--filter", f"label={_LABEL}={command.env['STACK_PROJECT_NAME']}"),
            *("--filter", f"label=com.docker.compose.service={service}"),
        )
        for service in services
    }
