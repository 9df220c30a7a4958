"""Tunnels, edges, origins and Compose files in every state that the rows name.

What cannot connect is the real cloudflared, on a network that leads nowhere; what is connected is a stand-in, for
cloudflared connects to nobody but its own edge. The edge is a real nginx that marks its answers as the edge does.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Final

import httpx

from tests.parts.docker_engine import DockerEngine
from tests.parts.find import require_tool
from tests.parts.nginx import Nginx
from tests.standins.cloudflared import REFUSED, START, StandInCloudflared, as_file, lost, registered

ROOT: Final = Path(__file__).resolve().parents[2]
VARIABLE: Final = "CLOUDFLARE_TUNNEL_TOKEN"
_PATIENCE: Final = 60.0
_PORT: Final = 2000
_CONNECTED: Final = (START, *(registered(index) for index in range(4)))
_RAY: Final = 'add_header cf-ray "8c1f2a3b4d5e-FRA" always;'
_CHALLENGE: Final = f"{_RAY} add_header cf-mitigated challenge always; return 403;"
_COMPOSE: Final = """\
services:
  nginx: {image: "nginx:1.29"}
  tunnel:
    image: cloudflare/cloudflared:2025.9.1
"""
_VARIANTS: Final = {
    "token": f"    environment: {{TUNNEL_TOKEN: '${{{VARIABLE}:-}}'}}\n",
    "bare": "    environment: {TUNNEL_TOKEN: '${TOKEN_OF_NOBODY}'}\n",
    "command": f"    command: [tunnel, run, --token, '${{{VARIABLE}:-}}']\n",
    "credentials": "    command: tunnel --config /etc/cloudflared/config.yml run\n",
    "profiled": f"    profiles: [tunnel]\n    environment: {{TUNNEL_TOKEN: '${{{VARIABLE}:-}}'}}\n",
    "quoting": f"    ports: ['${{{VARIABLE}}}:${{{VARIABLE}}}']\n",
}


class World:
    """All of it, from entering the context to leaving it; `places` are the addresses and names by name."""

    def __init__(self, engine: DockerEngine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._stack = self._running = ExitStack()
        self.name = f"opscheck-tunnel-{os.getpid()}-{secrets.token_hex(3)}"
        self.places: dict[str, str] = {"n": self.name, "stack": str(ROOT / "service" / "compose.yaml")}
        self.secret = base64.b64encode(secrets.token_bytes(32)).decode()
        told = {"a": secrets.token_hex(16), "t": "4f1c2aa0-0000-4000-8000-000000000000", "s": self.secret}
        self.token = base64.b64encode(json.dumps(told).encode()).decode()
        self.environment = {VARIABLE: self.token}

    def __enter__(self) -> World:
        """Start everything."""
        with ExitStack() as stack:
            self._stack = stack
            self.places["engine"] = self._engine.environment.get("DOCKER_HOST", "unix:///var/run/docker.sock")
            stack.callback(self._remove)
            self._logs()
            self._compose()
            self._servers()
            self._containers()
            self._running = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self._running.close()

    def _logs(self) -> None:
        logs = self._folder / "logs"
        logs.mkdir()
        (logs / "tunnel-old.log").write_text(as_file([START, *lost(0)]))
        os.utime(logs / "tunnel-old.log", (1, 1))
        (logs / "tunnel.log").write_text(as_file(_CONNECTED))
        (logs / "lost.log").write_text(as_file([*_CONNECTED, *(line for index in range(4) for line in lost(index))]))
        self.places["logs"] = str(logs)

    def _compose(self) -> None:
        folder = self._folder / "compose"
        folder.mkdir()
        for name, more in _VARIANTS.items():
            (folder / f"{name}.yaml").write_text(_COMPOSE + more)
        (folder / "right.env").write_text(f"TOKEN_OF_NOBODY={self.token}\n")
        (folder / "cut.env").write_text(f"TOKEN_OF_NOBODY={self.token[:-30]}\n")
        self.places["compose"] = str(folder)

    def _servers(self) -> None:
        for name, connections, old in (("metrics", 4, False), ("few", 1, False), ("old_metrics", 0, True)):
            self.places[name] = self._stack.enter_context(StandInCloudflared(connections, old=old)).url
        closed = self._stack.enter_context(socket.socket())
        closed.bind(("127.0.0.1", 0))
        nowhere = self.places["closed"] = f"http://127.0.0.1:{closed.getsockname()[1]}"
        origin = self._nginx("origin", nowhere, 'location /ready { default_type text/plain; return 200 "ready"; }')
        failing = self._nginx("failing", nowhere, "location /ready { return 503; }")
        self._nginx("edge", origin, _RAY)
        self._nginx("edge_to_nowhere", nowhere, _RAY)
        self._nginx("edge_to_failing", failing, _RAY)
        self._nginx("gone", nowhere, f'location /ready {{ {_RAY} return 530 "error code: 1033"; }}')
        self._nginx("challenge", nowhere, f"location /ready {{ {_CHALLENGE} }}")

    def _nginx(self, name: str, upstream: str, locations: str) -> str:
        server = self._stack.enter_context(Nginx(self._folder / name, upstream, locations=locations))
        self.places[name] = server.plain_url
        return server.plain_url

    def _containers(self) -> None:
        """Stand-ins that write what a connected cloudflared writes; the real one, cut off from the world."""
        self._writes("connected", _CONNECTED)
        self._writes("reconnecting", [*_CONNECTED, *(line for index in (0, 1, 2) for line in lost(index))])
        self._writes("lost", [*_CONNECTED, *(line for index in range(4) for line in lost(index))])
        self._writes("refused", [START, REFUSED, *lost(0)[-1:]])
        network = f"{self.name}-nowhere"
        self._engine.docker("network", "create", "--internal", "--label", self._engine.label, network)
        self._real("cut-off", self.token, network)
        self._real("bad-token", self.token[:40], network)
        template = f'{{{{(index .NetworkSettings.Networks "{network}").IPAddress}}}}'
        address = self._engine.docker("inspect", "--format", template, f"{self.name}-cut-off")
        self.places["real_metrics"] = f"http://{address}:{_PORT}"
        _until(lambda: "edge" in self._told("cut-off").lower() and _answers(self.places["real_metrics"]))
        _until(lambda: self._state("bad-token") == "exited")

    def _writes(self, name: str, lines: Sequence[str]) -> None:
        words = ["python3", "-uc", "import sys,time; print(sys.argv[1]); time.sleep(1e6)", "\n".join(lines)]
        self._run(name, (), words)

    def _real(self, name: str, token: str, network: str) -> None:
        """The real program; the name servers and addresses that it would ask are not there."""
        program = require_tool("cloudflared")
        nobody = self._folder / "resolv.conf"  # a name server that refuses at once, instead of one that is waited for
        nobody.write_text("nameserver 127.0.0.1\n")
        options = ["--network", network, "-v", f"{program}:/cloudflared:ro", "-v", f"{nobody}:/etc/resolv.conf:ro"]
        # It tries again without a pause where the edge refuses; the other tests want the processors, too.
        options += ["--cpus", "0.2", "-e", f"TUNNEL_TOKEN={token}"]
        words = ["/cloudflared", "tunnel", "--no-autoupdate", "--edge", "127.0.0.1:7844", "--protocol", "http2"]
        self._run(name, options, [*words, "--metrics", f"0.0.0.0:{_PORT}", "run"])

    def _run(self, name: str, options: Sequence[str], command: Sequence[str]) -> None:
        own = ("--init", "--name", f"{self.name}-{name}", "--label", self._engine.label)
        self._engine.docker("run", "-d", *own, *options, self._engine.base_image(), *command)

    def _told(self, name: str) -> str:
        """Both streams of a log, by the API: the docker command writes one of them to its standard error."""
        path = self.places["engine"].removeprefix("unix://")
        with httpx.Client(transport=httpx.HTTPTransport(uds=path), timeout=10) as client:
            return client.get(f"http://docker/containers/{self.name}-{name}/logs?stdout=1&stderr=1").text

    def _state(self, name: str) -> str:
        return self._engine.docker("inspect", "--format", "{{.State.Status}}", f"{self.name}-{name}")

    def _remove(self) -> None:
        found = self._engine.docker("ps", "-aq", "--filter", f"name=^/{self.name}-").split()
        if found:
            self._engine.docker("rm", "-fv", *found)
        for network in self._engine.docker("network", "ls", "-q", "--filter", f"name=^{self.name}-").split():
            self._engine.docker("network", "rm", network)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/ready", trust_env=False, timeout=1).status_code in (200, 503)
    except httpx.HTTPError:
        return False


def _until(so: Callable[[], bool]) -> None:
    ends = time.monotonic() + _PATIENCE
    while not so():
        if time.monotonic() > ends:
            raise TimeoutError("a container of the world is not as it should be")
        time.sleep(0.2)
