"""Containers run in a real engine from the base image, publish on 127.0.0.1 alone, and leave nothing."""

import json
import secrets
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.parts.docker_engine import OWNER_LABEL, DockerEngine, DockerError
from tests.parts.process import accepts, answers
from tests.parts_tests.conftest import eventually

SERVE = ("python3", "-m", "http.server", "8000")
PROBE = "import urllib.request; urllib.request.urlopen('http://{}:8000/', timeout=2)"


def test_runs_a_container_from_the_base_image(docker_engine: DockerEngine) -> None:
    """The base image is a Debian with a Python that makes environments, and has certificates."""
    code = "import sys, venv, ssl; print(sys.version_info[:2], len(ssl.create_default_context().get_ca_certs()) > 50)"
    told = docker_engine.docker(
        "run", "--rm", "--label", docker_engine.label, docker_engine.base_image(), "python3", "-c", code
    )

    assert told == "(3, 11) True"


def test_publishes_on_the_loopback_alone(docker_engine: DockerEngine) -> None:
    """A port of a container is reached on 127.0.0.1 while it runs, not while it is paused, not after it."""
    with docker_engine.container(*SERVE, publish=[8000]) as container:
        port = docker_engine.port(container, 8000)
        url = f"http://127.0.0.1:{port}/"
        assert eventually(lambda: answers(url))
        docker_engine.docker("pause", container)
        paused = answers(url)
        docker_engine.docker("unpause", container)
        again = eventually(lambda: answers(url))
        addresses = _listening(port)

    assert again
    assert not paused
    assert addresses == {"0100007F"}
    assert not accepts(port)
    assert container not in docker_engine.docker("ps", "-aq", "--no-trunc")


def test_tells_of_health(docker_engine: DockerEngine) -> None:
    """The engine asks a container for its health and tells the answer."""
    health = ["--health-cmd", "exit 1", "--health-interval", "200ms", "--health-retries", "1"]
    with docker_engine.container("sleep", "60", options=health) as container:

        def unhealthy() -> bool:
            return docker_engine.docker("inspect", "-f", "{{.State.Health.Status}}", container) == "unhealthy"

        assert eventually(unhealthy)


def test_a_refusal_is_told(docker_engine: DockerEngine) -> None:
    """What docker says goes into the error."""
    with pytest.raises(DockerError, match="No such"):
        docker_engine.docker("inspect", "no-such-container")


def test_compose_goes_up_and_down(docker_engine: DockerEngine, tmp_path: Path) -> None:
    """Two services find each other by name; up waits for their health, down leaves nothing of them."""
    image = docker_engine.base_image()
    health = {"interval": "300ms", "timeout": "5s", "retries": 40}
    web = {
        "image": image,
        "init": True,
        "command": list(SERVE),
        "ports": ["127.0.0.1::8000"],
        "healthcheck": {"test": ["CMD", "python3", "-c", PROBE.format("127.0.0.1")], **health},
    }
    asking = {
        "image": image,
        "init": True,
        "command": ["sleep", "120"],
        "depends_on": {"web": {"condition": "service_healthy"}},
        "healthcheck": {"test": ["CMD", "python3", "-c", PROBE.format("web")], **health},
    }
    file = tmp_path / "compose.yaml"
    file.write_text(json.dumps({"services": {"web": web, "asking": asking}}))
    compose = ("compose", "-p", f"opscheck-parts-{secrets.token_hex(4)}", "-f", file)
    try:
        docker_engine.docker(*compose, "up", "-d", "--wait")
        listed = json.loads(f"[{','.join(docker_engine.docker(*compose, 'ps', '--format', 'json').splitlines())}]")
        published = docker_engine.docker(*compose, "port", "web", "8000")
        served = httpx.get(f"http://{published}/", trust_env=False).status_code
    finally:
        docker_engine.docker(*compose, "down", "-v", "-t", "1")

    assert {one["Service"]: one["Health"] for one in listed} == {"web": "healthy", "asking": "healthy"}
    assert published.startswith("127.0.0.1:")
    assert served == 200
    assert docker_engine.docker(*compose, "ps", "-aq") == ""


def test_what_killed_tests_left_is_removed(docker_engine: DockerEngine, tmp_path: Path) -> None:
    """A container of a process that is no more is gone once somebody else starts; those of the living stay."""
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    orphan = docker_engine.docker(
        "run", "-d", "--init", "--label", f"{OWNER_LABEL}={ended.pid}-x", docker_engine.base_image(), "sleep", "60"
    )
    with docker_engine.container("sleep", "60") as living:
        with DockerEngine(tmp_path):
            listed = docker_engine.docker("ps", "-aq", "--no-trunc")
        afterwards = docker_engine.docker("ps", "-aq", "--no-trunc")

    assert orphan not in listed
    assert living in listed
    assert living in afterwards


def _listening(port: int) -> set[str]:
    """List the addresses of this machine on which something takes connections to the port, as the kernel has them."""
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            address, _, its_port = line.split()[1].rpartition(":")
            if int(its_port, 16) == port and line.split()[3] == "0A":
                found.add(address)
    return found
