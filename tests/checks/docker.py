"""What an engine says of itself, made in one line."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from opscheck.model.docker import (
    Container,
    DockerContainers,
    DockerDisk,
    DockerEngine,
    DockerVolumes,
    Mount,
    Volume,
)
from tests.checks.answers import NOW

WHERE: Final = "unix:///var/run/docker.sock"
GB: Final = 1_000_000_000
HOSTILE_NAME: Final = "web\n\x1b[31m" + "x" * 500


def engine(**more: Any) -> DockerEngine:  # noqa: ANN401 - fields of any kind
    """An engine that is well, but for this."""
    told: dict[str, Any] = {
        "status": 200,
        "said": "OK",
        "api": "1.41",
        "info_status": 200,
        "version": "20.10.24",
        "driver": "overlay2",
    }
    return DockerEngine(WHERE, at=NOW, **(told | more))


def container(name: str = "web", state: str = "running", *, minutes: float = 600, **more: Any) -> Container:  # noqa: ANN401
    """A container that was started so many minutes ago."""
    told: dict[str, Any] = {"image": "registry.example/web:1.2", "started": NOW - timedelta(minutes=minutes)}
    return Container(name=name, state=state, **(told | more))


def containers(*every: Container, project: str = "") -> DockerContainers:
    """The containers of an engine."""
    return DockerContainers(WHERE, every, NOW, project)


def volumes(**users: tuple[str, ...]) -> DockerVolumes:
    """Volumes by name, each with who mounts it."""
    return DockerVolumes(WHERE, tuple(Volume(name, "local", told) for name, told in users.items()), NOW)


def disk(*, percent: float | None = 50, kept: float = 10, cache: float = 1) -> DockerDisk:
    """A disk so full, with so many GB kept, of which so many are build cache."""
    total = None if percent is None else 100 * GB
    free = None if percent is None else int((100 - percent) * GB)
    return DockerDisk(WHERE, "/var/lib/docker", int((kept - cache) * GB), 0, 0, int(cache * GB), NOW, free, total)


def volume(name: str, target: str, *, writable: bool = True) -> Mount:
    """A mounted volume."""
    return Mount("volume", name, target, writable)
