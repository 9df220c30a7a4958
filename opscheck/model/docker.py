"""What a container engine says of itself: the engine, its containers, their images, its volumes and its disk."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from opscheck.model.evidence import Evidence, Json
from opscheck.model.request import Phases

SERVICE_LABEL = "com.docker.compose.service"
PROJECT_LABEL = "com.docker.compose.project"
_MOST_SHOWN = 40  # containers or volumes that evidence lists


@dataclass(frozen=True, slots=True)
class EngineAccess:
    """How to get to an engine.

    Attributes:
        url: `unix:///var/run/docker.sock`, `tcp://host:2375`, `https://host:2376`, `npipe:////./pipe/docker_engine`,
            `docker://context` (wherever the docker command of this machine looks) or `docker://context/NAME`.
        cert_folder: where `ca.pem`, `cert.pem` and `key.pem` lie, as the docker command wants them; empty for none.
    """

    url: str
    cert_folder: str = ""


@dataclass(frozen=True, slots=True)
class DockerEngine:
    """An engine that was reached, and what it answered.

    Attributes:
        status: of the answer to its ping.
        said: the start of that answer.
        api: the version of the API that it offers; empty where what answers names none.
        info_status: of the answer to the question how it is; 0 where it was not asked.
        version, root, driver: as it says; empty where it does not.
        warnings: its own, each one line.
        running, stopped: containers.
    """

    where: str
    status: int
    said: str
    api: str
    info_status: int
    at: datetime
    version: str = ""
    root: str = ""
    driver: str = ""
    warnings: tuple[str, ...] = ()
    running: int = 0
    stopped: int = 0
    phases: Phases = Phases()
    attempts: int = 1

    def evidence(self) -> Evidence:
        """Version, driver and its own warnings."""
        details: Json = {
            "ping": self.status,
            "api": self.api,
            "version": self.version,
            "driver": self.driver,
            "warnings": list(self.warnings),
            "running": self.running,
            "stopped": self.stopped,
        }
        summary = f"ping {self.status}, engine {self.version or '?'}, API {self.api or '?'}"
        return Evidence("docker-engine", self.where, self.at, summary, self.phases, self.attempts, details)


@dataclass(frozen=True, slots=True)
class Mount:
    """Something mounted into a container.

    Attributes:
        kind: `volume`, `bind`, `tmpfs` or another word of the engine's.
        name: of the volume; of a bind mount the path outside.
        target: the path inside.
    """

    kind: str
    name: str
    target: str
    writable: bool = True

    @property
    def anonymous(self) -> bool:
        """A volume that nobody named: it goes with its container when that is removed with its volumes."""
        return self.kind == "volume" and len(self.name) == 64 and not set(self.name) - set("0123456789abcdef")


@dataclass(frozen=True, slots=True)
class Container:
    """A container as its engine tells of it.

    Attributes:
        service, project: of Compose; empty where it was started without.
        image: the reference that it was made from.
        image_id: of the image that it runs.
        tag_id: of the image that this reference names now; empty where it names none any more.
        digests: the repository digests of the image that it runs, such as `redis@sha256:...`.
        state: `running`, `exited`, `restarting`, `paused`, `created` or `dead`.
        health: `healthy`, `unhealthy`, `starting`; empty where it has no health check.
        health_says: the last line of its health check.
        restarts: how often its engine started it again since it was made.
        started: when it was last started; None where it never was.
    """

    name: str
    image: str
    state: str
    service: str = ""
    project: str = ""
    image_id: str = ""
    tag_id: str = ""
    digests: tuple[str, ...] = ()
    health: str = ""
    health_says: str = ""
    restarts: int = 0
    exit_code: int = 0
    error: str = ""
    started: datetime | None = None
    mounts: tuple[Mount, ...] = ()

    def answers_to(self, name: str) -> bool:
        """It is the container or the Compose service of that name."""
        return name in (self.name, self.service)

    def mount_of(self, path: str) -> Mount | None:
        """The mount that holds a path: the deepest that covers it; None where it lies in the container's own layer."""
        wanted = path.rstrip("/") or "/"
        covering = [
            one for one in self.mounts if wanted == one.target or wanted.startswith(one.target.rstrip("/") + "/")
        ]
        return max(covering, key=lambda one: len(one.target), default=None)

    def as_dict(self) -> Json:
        """JSON-ready."""
        return {
            "name": self.name,
            "service": self.service,
            "image": self.image,
            "image_id": self.image_id[:19],
            "state": self.state,
            "health": self.health,
            "restarts": self.restarts,
            "exit_code": self.exit_code,
            "error": self.error[:300],
            "started": self.started.isoformat() if self.started else "",
            "mounts": [f"{one.kind} {one.name[:80]} at {one.target}" for one in self.mounts[:20]],
        }


@dataclass(frozen=True, slots=True)
class DockerContainers:
    """The containers of an engine, also those that do not run; what Compose ran once and by hand is left out.

    Attributes:
        project: the Compose project to which they belong; empty for all of the engine.
    """

    where: str
    every: tuple[Container, ...]
    at: datetime
    project: str = ""
    phases: Phases = Phases()
    attempts: int = 1

    def named(self, name: str) -> tuple[Container, ...]:
        """The containers of that name, or of the Compose service of that name."""
        return tuple(one for one in self.every if one.answers_to(name))

    def among(self, names: Iterable[str]) -> tuple[Container, ...]:
        """Those that answer to one of the names, each once; all where no name is given."""
        wanted = tuple(names)
        return tuple(one for one in self.every if not wanted or any(one.answers_to(name) for name in wanted))

    def evidence(self) -> Evidence:
        """Each with its state."""
        running = sum(one.state == "running" for one in self.every)
        details: Json = {
            "project": self.project,
            "containers": [one.as_dict() for one in self.every[:_MOST_SHOWN]],
        }
        summary = f"{len(self.every)} containers, {running} running"
        return Evidence("docker-containers", self.where, self.at, summary, self.phases, self.attempts, details)


@dataclass(frozen=True, slots=True)
class Volume:
    """A volume, and the names of the containers that mount it, also of those that do not run."""

    name: str
    driver: str = "local"
    users: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DockerVolumes:
    """The volumes of an engine."""

    where: str
    every: tuple[Volume, ...]
    at: datetime
    phases: Phases = Phases()
    attempts: int = 1

    def named(self, name: str) -> Volume | None:
        """The volume of that name."""
        return next((one for one in self.every if one.name == name), None)

    def used_by(self, containers: Sequence[Container]) -> Iterator[tuple[str, str]]:
        """The named volumes that these containers mount, each with the container's name."""
        for one in containers:
            for mount in one.mounts:
                if mount.kind == "volume" and not mount.anonymous:
                    yield mount.name, one.name

    def evidence(self) -> Evidence:
        """Each with who mounts it."""
        details: Json = {
            "volumes": [{"name": one.name, "used_by": list(one.users)} for one in self.every[:_MOST_SHOWN]]
        }
        summary = f"{len(self.every)} volumes, {sum(not one.users for one in self.every)} mounted by nobody"
        return Evidence("docker-volumes", self.where, self.at, summary, self.phases, self.attempts, details)


@dataclass(frozen=True, slots=True)
class DockerDisk:
    """What an engine keeps on its disk, in bytes, and how full that disk is.

    Attributes:
        images, containers, volumes, build_cache: as the engine counts them.
        free, total: of the file system below `root`; None where that is not on this machine.
    """

    where: str
    root: str
    images: int
    containers: int
    volumes: int
    build_cache: int
    at: datetime
    free: int | None = None
    total: int | None = None
    phases: Phases = Phases()
    attempts: int = 1

    @property
    def kept(self) -> int:
        """All of it."""
        return self.images + self.containers + self.volumes + self.build_cache

    def evidence(self) -> Evidence:
        """The sizes."""
        details: Json = {
            "root": self.root,
            "images_bytes": self.images,
            "containers_bytes": self.containers,
            "volumes_bytes": self.volumes,
            "build_cache_bytes": self.build_cache,
            "free_bytes": self.free,
            "total_bytes": self.total,
        }
        summary = f"{self.kept / 1e9:.1f} GB kept, {self.build_cache / 1e9:.1f} GB of it build cache"
        return Evidence("docker-disk", self.where, self.at, summary, self.phases, self.attempts, details)
