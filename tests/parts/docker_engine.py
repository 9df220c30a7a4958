"""A real docker engine: the one that runs here, else one of the tests' own; its base image; containers that end."""

import fcntl
import os
import secrets
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.parts.dockerd import OwnEngine
from tests.parts.find import absent, find_tool, require_tool
from tests.parts.part import cache_folder
from tests.parts.process import LOOPBACK, ProcessFailedError

BASE_IMAGE = "opscheck-base:bookworm"
PART_LABEL = "opscheck.part"
OWNER_LABEL = "opscheck.tests"
ASK_SECONDS = 300.0
# Its reaper is an image that would have to be pulled, and ports are published on the loopback alone.
FOR_TESTCONTAINERS = {"TESTCONTAINERS_RYUK_DISABLED": "true", "TESTCONTAINERS_HOST_OVERRIDE": LOOPBACK}


class DockerError(Exception):
    """The docker command failed; the message is what it said."""


class DockerEngine:
    """Docker with Compose, for commands with `environment`; `folder` keeps what is configured for them.

    An engine that runs on this machine is used as it is, and what the tests made of it is removed at the end: all
    containers, networks and volumes with the label `label`. Where none runs, root starts one, whose images stay in
    the user's cache folder. The constructor skips the test where there is neither. Use it as a context manager.
    """

    def __init__(self, folder: Path) -> None:
        self._program = require_tool("docker")
        self._folder = folder.absolute()
        self.environment = {**os.environ, **FOR_TESTCONTAINERS}
        self.label = f"{OWNER_LABEL}={os.getpid()}-{secrets.token_hex(4)}"
        self._own = None if self._publishes_here() else OwnEngine(engine_folder())
        if self._own is not None:
            require_tool("dockerd")
            if os.geteuid() != 0:
                absent("no docker engine runs here, and only root can start one")
            self.environment["DOCKER_HOST"] = self._own.host
            self.environment.pop("DOCKER_CONTEXT", None)

    def start(self) -> Self:
        """Have an engine and Compose; what killed tests left behind is removed."""
        self._folder.mkdir(parents=True, exist_ok=True)
        if self._own is not None:
            try:
                self._own.join()
            except ProcessFailedError as error:
                absent(f"no docker engine can be started here: {error}")
        try:
            self._have_compose()
            self._remove_orphans()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Remove what is labelled, and stop the engine if it is the tests' own and nobody else's."""
        try:
            self._remove(self.label)
        finally:
            if self._own is not None:
                self._own.leave()

    def docker(self, *words: str | Path, cwd: Path | None = None) -> str:
        """Give what `docker WORDS` says; DockerError if it fails."""
        done = subprocess.run(
            [self._program, *words],
            cwd=cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=ASK_SECONDS,
        )
        if done.returncode != 0:
            raise DockerError(f"docker {words[0]}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout.strip()

    def base_image(self) -> str:
        """Have the image `opscheck-base:bookworm`, a small Debian with Python, and return its name.

        One of that name that came from elsewhere is used as it is.
        """
        tar = find_tool("base-image")
        with _importing():
            known = self._label_of(BASE_IMAGE)
            if known is None or (tar is not None and known not in {"", tar.parent.name}):
                tar = tar or require_tool("base-image")
                label = f"LABEL {PART_LABEL}={tar.parent.name}"
                self.docker("import", "--change", label, tar, BASE_IMAGE)
        return BASE_IMAGE

    @contextmanager
    def container(
        self, *command: str, image: str = "", publish: Sequence[int] = (), options: Sequence[str] = ()
    ) -> Iterator[str]:
        """Run `command` in a container and give its id; `publish` are ports of it that 127.0.0.1 gets.

        `options` are those of `docker run`. The container is removed at the end.
        """
        ports = [word for port in publish for word in ("-p", f"{LOOPBACK}::{port}")]
        name = self.docker(
            "run", "-d", "--init", "--label", self.label, *ports, *options, image or self.base_image(), *command
        )
        try:
            yield name
        finally:
            self.docker("rm", "-fv", name)

    def port(self, container: str, inside: int) -> int:
        """Return the port of 127.0.0.1 that leads to the port `inside` a container."""
        return int(self.docker("port", container, str(inside)).splitlines()[0].rpartition(":")[2])

    def _publishes_here(self) -> bool:
        """Whether the engine that answers publishes ports on this machine's 127.0.0.1."""
        try:
            self.docker("version", "--format", "{{.Server.Version}}")
            name, endpoint = self.docker("info", "--format", "{{.Name}}"), self._endpoint()
        except DockerError:
            return False
        outside = Path("/.dockerenv").exists() and name != socket.gethostname()
        return endpoint.startswith(("unix:", "npipe:")) and not outside

    def _endpoint(self) -> str:
        told = self.environment.get("DOCKER_HOST")
        return told or self.docker("context", "inspect", "--format", "{{.Endpoints.docker.Host}}")

    def _have_compose(self) -> None:
        try:
            self.docker("compose", "version")
        except DockerError:
            plugins = self._folder / "docker" / "cli-plugins"
            plugins.mkdir(parents=True, exist_ok=True)
            plugin = plugins / "docker-compose"
            plugin.unlink(missing_ok=True)
            plugin.symlink_to(require_tool("compose"))
            self.environment["DOCKER_CONFIG"] = str(plugins.parent)

    def _label_of(self, image: str) -> str | None:
        """Return of which part an image was made, nothing if of none; None where there is no such image."""
        template = f'{{{{index .Config.Labels "{PART_LABEL}"}}}}'
        try:
            return self.docker("image", "inspect", "--format", template, image)
        except DockerError:
            return None

    def _remove_orphans(self) -> None:
        template = f'{{{{.Label "{OWNER_LABEL}"}}}}'
        owners = self.docker("ps", "-a", "--filter", f"label={OWNER_LABEL}", "--format", template).split()
        for owner in set(owners):
            if not Path("/proc", owner.partition("-")[0]).exists():
                self._remove(f"{OWNER_LABEL}={owner}")

    def _remove(self, label: str) -> None:
        for kind, listed, removed in (
            ("container", ("ls", "-aq"), ("rm", "-fv")),
            ("network", ("ls", "-q"), ("rm",)),
            ("volume", ("ls", "-q"), ("rm", "-f")),
        ):
            found = self.docker(kind, *listed, "--filter", f"label={label}").split()
            if found:
                self.docker(kind, *removed, *found)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def engine_folder() -> Path:
    """Where an engine of the tests' own keeps its images: not among the parts, which are kept between CI runs."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).absolute() / "opscheck" / "docker"


@contextmanager
def _importing() -> Iterator[None]:
    """Let one process at a time look for the base image and import it."""
    folder = cache_folder() / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "base-image-import").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
