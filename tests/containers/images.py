"""Images that tests start, each made once on a machine however many tests want it at the same time."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.parts.docker_engine import BASE_IMAGE, DockerEngine, DockerError, engine_folder
from tests.parts.find import require_tool
from tests.parts.ollama import MODELFILE

ROOT = Path(__file__).parents[2]
SERVICE = "opscheck-service:tests"
EDGE = "opscheck-edge:bookworm"
OLLAMA = "opscheck-ollama:tests"
PROMETHEUS = "opscheck-prometheus:tests"
MODEL = "tiny"
_DISTANT = 900.0  # seconds: packages come from outside
_EDGE_FILE = f"""\
FROM {BASE_IMAGE}
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends nginx-light gettext-base curl \\
 && rm -rf /var/lib/apt/lists/*
"""
_OLLAMA_FILE = f"""\
FROM {BASE_IMAGE}
COPY ollama /usr/local/bin/ollama
COPY tiny.gguf Modelfile /model/
ENV HOME=/root OLLAMA_NO_CLOUD=1
RUN chmod 755 /usr/local/bin/ollama && apt-get install -y -qq --no-install-recommends libstdc++6 \\
 && cd /model && (ollama serve & pid=$!; n=0; \\
    until ollama create {MODEL} -f Modelfile; do n=$((n + 1)); [ $n -lt 60 ] || exit 1; sleep 1; done; kill $pid)
EXPOSE 11434
ENTRYPOINT ["ollama"]
CMD ["serve"]
"""

# What asks whether it is ready has wget in the official image.
_PROMETHEUS_FILE = f"""\
FROM {BASE_IMAGE}
COPY prometheus /usr/local/bin/prometheus
RUN chmod 755 /usr/local/bin/prometheus && mkdir /prometheus && chown 65534 /prometheus
RUN printf '#!/usr/bin/python3\\nimport sys, urllib.request\\nurllib.request.urlopen(sys.argv[-1])\\n' \\
 > /usr/bin/wget && chmod 755 /usr/bin/wget
"""


@contextmanager
def one_build() -> Iterator[None]:
    """Let one process at a time build: what the others want is there when it is their turn."""
    folder = engine_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "build").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def service_image(engine: DockerEngine) -> str:
    """Have the service's image, built from this checkout, unless it is there from the same files."""
    engine.base_image()
    env = {**engine.environment, "AGENT_IMAGE": SERVICE, "BASE_IMAGE": BASE_IMAGE, "PYTHONPATH": str(ROOT)}
    with one_build():
        done = subprocess.run(
            [sys.executable, "-m", "service.stack", "build"],
            cwd=engine_folder(),
            env=env,
            capture_output=True,
            text=True,
            timeout=_DISTANT,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return SERVICE


def edge_image(engine: DockerEngine, folder: Path) -> str:
    """Have an image with nginx and envsubst, as the official one has them."""
    engine.base_image()
    with one_build():
        if not has_image(engine, EDGE):
            (folder / "Dockerfile").write_text(_EDGE_FILE)
            _build(engine, EDGE, folder)
    return EDGE


def ollama_image(engine: DockerEngine, folder: Path) -> str:
    """Have an image of the real Ollama with its tiny random model."""
    program, model = require_tool("ollama"), require_tool("tiny.gguf")
    engine.base_image()
    with one_build():
        if not has_image(engine, OLLAMA):
            (folder / "ollama").write_bytes(program.read_bytes())
            (folder / "tiny.gguf").write_bytes(model.read_bytes())
            (folder / "Modelfile").write_text(MODELFILE.format(model="tiny.gguf"))
            (folder / "Dockerfile").write_text(_OLLAMA_FILE)
            _build(engine, OLLAMA, folder)
    return OLLAMA


def prometheus_image(engine: DockerEngine, folder: Path) -> str:
    """Have an image of the real Prometheus."""
    program = require_tool("prometheus")
    engine.base_image()
    with one_build():
        if not has_image(engine, PROMETHEUS):
            folder.mkdir()
            (folder / "prometheus").write_bytes(program.read_bytes())
            (folder / "Dockerfile").write_text(_PROMETHEUS_FILE)
            _build(engine, PROMETHEUS, folder)
    return PROMETHEUS


def has_image(engine: DockerEngine, name: str) -> bool:
    """Tell whether an image is here."""
    try:
        engine.docker("image", "inspect", name)
    except DockerError:
        return False
    return True


def _build(engine: DockerEngine, name: str, folder: Path) -> None:
    done = subprocess.run(
        ["docker", "build", "--force-rm", "-t", name, str(folder)],
        env={**os.environ, **engine.environment, "DOCKER_BUILDKIT": "0"},
        capture_output=True,
        text=True,
        timeout=_DISTANT,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr
