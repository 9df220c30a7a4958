"""One engine with containers in every state that the rows name, and addresses where there is no engine."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import socket
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

from tests.docker.relay import RelayedEngine
from tests.parts.ca import CertificateAuthority
from tests.parts.docker_engine import DockerEngine, DockerError
from tests.parts.nginx import Nginx

CACHE: Final = 7_000_000_000
_PATIENCE: Final = 90.0
_PROJECT: Final = "com.docker.compose.project"
_SERVICE: Final = "com.docker.compose.service"
_FOR_EVER: Final = ("sleep", "infinity")
# Crashes four times, then stays: what it counts lies in its own layer, which a restart keeps.
_SHAKY: Final = (
    "sh",
    "-c",
    'n=$(cat /n 2>/dev/null || echo 0); echo $((n+1)) > /n; [ "$n" -ge 4 ] && exec sleep infinity; exit 1',
)
_VERIFYING: Final = "ssl_client_certificate {root}; ssl_verify_client on;"
_HELLO: Final = 'location /_ping { default_type text/html; return 200 "<html>hello</html>"; }'


class World:
    """All of it, from entering the context to leaving it; `places` are the addresses and names by name."""

    def __init__(self, engine: DockerEngine, ca: CertificateAuthority, folder: Path) -> None:
        self.engine = engine
        self.name = f"opscheck-{os.getpid()}-{secrets.token_hex(3)}"
        self._ca = ca
        self._folder = folder
        self._images: list[str] = []
        self._stack = self._running = ExitStack()
        self.places: dict[str, str] = {"n": self.name}
        self.environment: dict[str, str] = {"DOCKER_CONFIG": str(folder / "docker")}

    def __enter__(self) -> World:
        """Start everything."""
        with ExitStack() as stack:
            self._stack = stack
            # Sockets have short names, and nobody but root may look into a folder of pytest's.
            self._sockets = Path(tempfile.mkdtemp(prefix="opscheck-"))
            stack.callback(shutil.rmtree, self._sockets)
            self._sockets.chmod(0o755)
            told = self.engine.environment.get("DOCKER_HOST", "unix:///var/run/docker.sock")
            self.places["engine"] = told
            self._sweep_images()
            stack.callback(self._remove)
            self._containers()
            self._contexts(told)
            self._addresses()
            self._servers(told)
            self._settled()
            self._running = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self._running.close()

    def _run(self, name: str, *command: str, image: str = "", options: Sequence[str] = ()) -> None:
        """A container of this world: its name, and the label of a Compose project, tell whose it is."""
        labels = ("--label", self.engine.label, "--label", f"{_PROJECT}={self.name}")
        words = ("run", "-d", "--name", f"{self.name}-{name}", *labels, *options)
        self.engine.docker(*words, image or self.engine.base_image(), *(command or _FOR_EVER))

    def _containers(self) -> None:
        for name in ("state", "idle"):
            self.engine.docker("volume", "create", "--label", self.engine.label, f"{self.name}-{name}")
        state = f"{self.name}-state:/data"
        healthy = ("--health-cmd", "true", "--health-interval", "1s")
        self._run("good", options=("--init", "-v", state, *healthy, "--label", f"{_SERVICE}=web"))
        self._run("ended", "sh", "-c", "exit 3")
        self._run("paused")
        self.engine.docker("pause", f"{self.name}-paused")
        sick = ("--health-cmd", "echo the disk is gone; false", "--health-interval", "1s", "--health-retries", "1")
        self._run("sick", options=sick)
        slow = ("--health-cmd", "false", "--health-interval", "1s", "--health-start-period", "1h")
        self._run("slow", options=slow)
        self._run("crashing", "sh", "-c", "exit 3", options=("--restart", "always"))
        self._run("shaky", *_SHAKY, options=("--restart", "always"))
        self._run("layer")
        self._run("memory", options=("--tmpfs", "/data"))
        self._run("nameless", options=("-v", "/data"))
        self._run("frozen", options=("-v", f"{state}:ro"))
        self._tagged("loose")
        self._run("loose", image=f"{self.name}-loose")
        self._tagged("moved:1")
        self._run("moved", image=f"{self.name}-moved:1")
        self.engine.docker("commit", f"{self.name}-moved", f"{self.name}-moved:1")

    def _sweep_images(self) -> None:
        """Names of images that killed tests have left; their containers are the engine's to remove."""
        for name in self.engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}").split():
            head, _, rest = name.partition("-")
            owner = rest.partition("-")[0]
            if head == "opscheck" and owner.isdecimal() and not Path("/proc", owner).exists():
                self.engine.docker("rmi", "-f", name)

    def _tagged(self, tag: str) -> None:
        self.engine.docker("tag", self.engine.base_image(), f"{self.name}-{tag}")
        self._images.append(f"{self.name}-{tag}")

    def _contexts(self, told: str) -> None:
        """What `docker context create` writes: one that leads to the engine, one that goes over ssh."""
        for context, host in (("opscheck", told), ("far", "ssh://ops@far.example")):
            name = hashlib.sha256(context.encode()).hexdigest()
            meta = self._folder / "docker" / "contexts" / "meta" / name / "meta.json"
            meta.parent.mkdir(parents=True)
            meta.write_text(json.dumps({"Name": context, "Endpoints": {"docker": {"Host": host}}}))

    def _addresses(self) -> None:
        """Places where there is no engine, or one that says nothing."""
        closed = self._stack.enter_context(socket.socket())
        closed.bind(("127.0.0.1", 0))
        self.places["closed"] = f"tcp://127.0.0.1:{closed.getsockname()[1]}"
        for name, backlog in (("ended", None), ("mute", 16), ("deaf", 0), ("locked", 16)):
            path = self._sockets / f"{name}.sock"
            listening = self._stack.enter_context(socket.socket(socket.AF_UNIX))
            listening.bind(str(path))
            if backlog is not None:
                listening.listen(backlog)
            self.places[name] = f"unix://{path}"
        (self._sockets / "locked.sock").chmod(0o600)
        for _ in range(2):  # its queue is full now
            waiting = self._stack.enter_context(socket.socket(socket.AF_UNIX))
            waiting.setblocking(False)
            waiting.connect_ex(str(self._sockets / "deaf.sock"))

    def _servers(self, told: str) -> None:
        """Real servers in front of the engine, or in its place."""
        relay = RelayedEngine(self._sockets / "cached.sock", told, build_cache=CACHE)
        self.places["cached"] = self._stack.enter_context(relay).url
        dead = self.places["closed"].replace("tcp:", "http:")
        web = self._nginx("web", dead, locations=_HELLO)
        self.places["web"] = web.plain_url.replace("http:", "tcp:")
        self.places["bad_gateway"] = self._nginx("gateway", dead).plain_url.replace("http:", "tcp:")
        verifying = _VERIFYING.format(root=self._ca.root)
        upstream = f"http://unix:{told.removeprefix('unix://')}"
        guarded = self._stack.enter_context(
            Nginx(self._folder / "guarded", upstream, certificate=self._ca.good, locations=verifying)
        )
        self.places["tls"] = guarded.url
        self.places["plain_to_tls"] = guarded.url.replace("https:", "tcp:")
        certs = self._folder / "certs"
        certs.mkdir()
        for name, path in (("ca", self._ca.root), ("cert", self._ca.good.chain), ("key", self._ca.good.key)):
            shutil.copy(path, certs / f"{name}.pem")
        self.places["certs"] = str(certs)

    def _nginx(self, name: str, upstream: str, *, locations: str = "") -> Nginx:
        return self._stack.enter_context(Nginx(self._folder / name, upstream, locations=locations))

    def _settled(self) -> None:
        """Every container is in the state that its row is about."""
        for name, template, wanted in (
            ("good", "{{.State.Health.Status}}", "healthy"),
            ("sick", "{{.State.Health.Status}}", "unhealthy"),
            ("ended", "{{.State.Status}}", "exited"),
        ):
            self._until(name, template, lambda told, wanted=wanted: told == wanted)  # type: ignore[misc] # bound at once
        restarts = "{{.RestartCount}} {{.State.Status}}"
        self._until("shaky", restarts, lambda told: told == "4 running")
        self._until("crashing", restarts, lambda told: int(told.split()[0]) >= 4 and told.endswith("restarting"))

    def _until(self, name: str, template: str, so: Callable[[str], bool]) -> None:
        ends = time.monotonic() + _PATIENCE
        while not so(told := self.engine.docker("inspect", "--format", template, f"{self.name}-{name}")):
            if time.monotonic() > ends:
                raise TimeoutError(f"the container {name} is {told}")
            time.sleep(0.2)

    def _remove(self) -> None:
        found = self.engine.docker("ps", "-aq", "--filter", f"label={_PROJECT}={self.name}").split()
        if found:
            self.engine.docker("rm", "-fv", *found)
        for volume in ("state", "idle"):
            self.engine.docker("volume", "rm", "-f", f"{self.name}-{volume}")
        for image in self._images:
            try:
                self.engine.docker("rmi", "-f", image)
            except DockerError:
                continue  # it was never tagged
