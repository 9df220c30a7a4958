"""A command line in an empty folder, a state folder with something in it, and stacks that are gone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.containers.images import edge_image, service_image
from tests.parts.docker_engine import DockerEngine
from tests.stack.command import StackCommand
from tests.stack.engine import Engine, project
from tests.stack.states import State, make_state


@pytest.fixture
def stack(tmp_path: Path) -> StackCommand:
    """Give the command line in an empty folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    return StackCommand(folder)


@pytest.fixture
def state(tmp_path: Path) -> State:
    """Give a state folder as a service that has ended leaves it: conversations and memories."""
    return make_state(tmp_path / "data", exchanges=40)


@pytest.fixture(scope="session")
def engine(docker_engine: DockerEngine) -> Engine:
    """Give a container engine with Compose and with the image to build from."""
    docker_engine.base_image()
    return Engine(docker_engine)


@pytest.fixture(scope="session")
def images(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Give the engine with the service's image, built from this checkout, and one for the edge."""
    edge_image(engine.real, tmp_path_factory.mktemp("edge"))
    service_image(engine.real)
    return engine


@pytest.fixture(scope="module")
def running(images: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StackCommand]:
    """Give a stack that is up and ready, for the tests of a module that leave it so."""
    settings = {"AGENT_PRIMARY_POLL_INTERVAL_S": "1", "EDGE_RATE": "5000r/s", "EDGE_BURST": "5000"}
    with project(images, tmp_path_factory.mktemp("stack"), **settings) as command:
        done = command("up", "--wait")
        assert done.returncode == 0, done.stdout + done.stderr
        yield command
