"""An engine with the tests' images, the command, and one host with all its parts for the tests that hurt it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from opscheck.hosts import bring_up
from opscheck.hosts.ownership import SET
from opscheck.inventory import Inventory, select
from tests.containers.command import Opscheck, host_file
from tests.containers.images import MODEL, edge_image, ollama_image, service_image
from tests.containers.world import World
from tests.parts.docker_engine import DockerEngine


@pytest.fixture(scope="session")
def engine(docker_engine: DockerEngine) -> DockerEngine:
    """Give an engine with the service's image."""
    service_image(docker_engine)
    return docker_engine


@pytest.fixture
def command(engine: DockerEngine, tmp_path: Path) -> Iterator[Opscheck]:
    """Give the command in an empty folder with a host file; sets that a test leaves behind are removed."""
    made = Opscheck(engine, tmp_path)
    made.write(host_file())
    yield made
    for name in made.sets():
        for kind, removal in (("container", ("rm", "-fv")), ("network", ("rm",)), ("volume", ("rm", "-f"))):
            listing = ("ls", "-aq") if kind == "container" else ("ls", "-q")
            for one in engine.docker(kind, *listing, "--filter", f"label={SET}={name}").split():
                engine.docker(kind, *removal, one)


@pytest.fixture(scope="module")
def world(engine: DockerEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give a host with a real Ollama as primary model, a fallback, a page fetcher and an edge."""
    images = {
        "service": service_image(engine),
        "edge": edge_image(engine, tmp_path_factory.mktemp("edge")),
        "ollama": ollama_image(engine, tmp_path_factory.mktemp("ollama")),
    }
    with started(engine, {"images": images, "model": MODEL}) as made:
        yield made


@pytest.fixture(scope="module")
def plain_world(engine: DockerEngine) -> Iterator[World]:
    """Give a host of the service alone, whose model answers fast."""
    with started(engine, {"images": {"service": service_image(engine)}}) as made:
        yield made


@contextmanager
def started(engine: DockerEngine, table: Mapping[str, object]) -> Iterator[World]:
    """Bring the host `containers` up as a host file says; it is gone at the end."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "TESTCONTAINERS_RYUK_DISABLED"):
            if name in engine.environment:
                patch.setenv(name, engine.environment[name])
            else:
                patch.delenv(name, raising=False)
        up = bring_up(select(["containers"], Inventory(hosts={"containers": table})))
    try:
        assert not up.failed, up.failed
        agent = up.hosts["containers"].components["agent"].url.rpartition(":")[2]
        found = engine.docker("ps", "-q", "--filter", f"publish={agent}")
        yield World(engine, engine.docker("inspect", "-f", f'{{{{index .Config.Labels "{SET}"}}}}', found))
    finally:
        up.down()
