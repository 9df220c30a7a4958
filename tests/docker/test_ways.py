"""Ways to an engine that take a user, an environment or an engine of their own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.docker.catalog import USUAL
from tests.docker.hosts import ROOT, command, host_file, judge
from tests.docker.world import World
from tests.infra.row import row
from tests.parts.docker_engine import DockerEngine
from tests.parts.find import absent, require_tool
from tests.parts.process import RunningProcess

_NOBODY = 65534
_AS_NOBODY = f"""
import asyncio, os, sys
from opscheck.model.docker import EngineAccess
from opscheck.probes.docker import ask_engine
from opscheck.probes.docker_looks import engine
from opscheck.probes.limits import Caps

open_to_root, locked = (EngineAccess(place) for place in sys.argv[1:])
ask = lambda access: asyncio.run(ask_engine(access, Caps(timeout=5), engine))
assert not hasattr(ask(open_to_root), "cause")
os.setgroups([])
os.setresgid({_NOBODY}, {_NOBODY}, {_NOBODY})
os.setresuid({_NOBODY}, {_NOBODY}, {_NOBODY})
seen = ask(locked)
print(seen.kind, seen.cause, seen.detail, seen.remedy, sep="|")
"""
_CURRENT = row("current", {"docker": "docker://context"})


def _file(folder: Path, url: str) -> Path:
    path = folder / "opscheck.toml"
    path.write_text(f'[hosts.one]\nsystem = "shared-infra"\nurls = {{ docker = "{url}" }}\n')
    return path


def test_a_socket_that_is_for_others_is_told(engine_world: World) -> None:
    """A user who is not in the group of the socket: the one cause that root never meets.

    The process becomes that user once all is imported: where the project lies may be closed to others.
    """
    if os.geteuid() != 0:
        absent("only root can become another user")
    found = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, engine_world.places["engine"], engine_world.places["locked"]],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert found.returncode == 0, found.stderr
    kind, cause, detail, remedy = found.stdout.strip().split("|")
    assert (kind, cause) == ("unreachable", "permission"), found.stderr
    assert f"permission denied for user {_NOBODY}" in detail
    assert "usermod" in remedy


def test_docker_host_is_heeded(engine_world: World, tmp_path: Path) -> None:
    """`docker://context` goes where the docker command would go, and tells who sent it there."""
    inventory = tmp_path / "opscheck.toml"
    inventory.write_text(host_file([_CURRENT], engine_world.places, system="shared-infra", usual=USUAL))
    (tmp_path / "good").mkdir()
    (tmp_path / "bad").mkdir()

    here = {"DOCKER_HOST": engine_world.places["engine"]}
    good = judge("docker", inventory, ["current"], tmp_path / "good", env=here)
    bad = judge("docker", inventory, ["current"], tmp_path / "bad", env={"DOCKER_HOST": "tcp://127.0.0.1:notaport"})

    assert good.of("current").keys() == {"PASS"}
    assert bad.told("current", "UNMEASURED")[0]["evidence"]["cause"] == "current:docker:wrong-host"
    assert "DOCKER_HOST" in bad.reasons("current", "UNMEASURED")


def test_a_context_that_is_chosen_is_heeded(engine_world: World, tmp_path: Path) -> None:
    """As `docker context use` writes it."""
    inventory = tmp_path / "opscheck.toml"
    inventory.write_text(host_file([_CURRENT], engine_world.places, system="shared-infra", usual=USUAL))
    chosen = {**engine_world.environment, "DOCKER_HOST": "", "DOCKER_CONTEXT": "opscheck"}

    seen = judge("docker", inventory, ["current"], tmp_path, env=chosen)

    assert seen.of("current").keys() == {"PASS"}


def test_a_silent_engine_costs_its_time_and_no_more(engine_world: World, tmp_path: Path) -> None:
    """Nothing hangs on a socket that takes connections and says nothing."""
    inventory = _file(tmp_path, engine_world.places["mute"])
    words = command("docker", inventory, ["one"], tmp_path / "report.json", "-q", "--ops-timeout=1")

    began = time.monotonic()
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)

    assert time.monotonic() - began < 30
    assert "takes connections and does not answer" in done.stdout


@pytest.mark.parametrize("url", ["ssh://ops@far.example", "redis://127.0.0.1:6379/0", "http://127.0.0.1:2375"])
def test_an_address_that_is_no_engine_is_refused_at_once(url: str, tmp_path: Path) -> None:
    """One line, before anything is asked."""
    words = command("docker", _file(tmp_path, url), ["one"], tmp_path / "report.json")

    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 4
    lines = [line for line in (done.stderr + done.stdout).splitlines() if "docker" in line]
    assert len(lines) == 1
    assert "unix:///" in lines[0]


def test_an_engine_that_is_open_to_all_is_told(docker_engine: DockerEngine, tmp_path: Path) -> None:
    """A second real engine that serves its API over TCP without TLS; shows engine-open."""
    with _open_engine() as url:
        inventory = _file(tmp_path, url)
        (tmp_path / "reports").mkdir()
        seen = judge("docker", inventory, ["one"], tmp_path / "reports", "-q")

    assert seen.of("one").get("FAIL") == {"docker-engine"}, seen.text[-2000:]
    assert "whoever reaches it is root" in seen.reasons("one", "FAIL")


@contextmanager
def _open_engine() -> Iterator[str]:
    """An engine that serves on TCP as well as on its socket, by which it is asked here.

    It has a network and mounts of its own: without them it would take the bridge of the machine's engine away.
    """
    unshare = shutil.which("unshare")
    if os.geteuid() != 0 or unshare is None:
        absent("only root can start an engine apart from the machine's (unshare)")
    folder = Path(tempfile.mkdtemp(prefix="opscheck-"))  # its sockets need short names
    path, config = folder / "docker.sock", folder / "daemon.json"
    settings = {
        "hosts": [f"unix://{path}", "tcp://127.0.0.1:2375"],
        "data-root": str(folder / "data"),
        "exec-root": str(folder / "run"),
        "pidfile": str(folder / "docker.pid"),
        "bridge": "none",
        "iptables": False,
        "ip-forward": False,
    }
    config.write_text(json.dumps(settings))

    def answers() -> bool:
        try:
            with socket.socket(socket.AF_UNIX) as engine:
                engine.settimeout(1)
                engine.connect(str(path))
                engine.sendall(b"GET /_ping HTTP/1.0\r\nHost: docker\r\n\r\n")
                return b" 200 " in engine.recv(64)
        except OSError:
            return False

    alone = 'ip link set lo up && exec "$0" "$@"'
    words = [unshare, "--net", "--mount", "sh", "-c", alone, str(require_tool("dockerd")), f"--config-file={config}"]
    process = RunningProcess(words, log=folder / "dockerd.log", ready=answers, deadline=60)
    try:
        process.start()
        yield f"unix://{path}"
    finally:
        process.stop()
        shutil.rmtree(folder, ignore_errors=True)
