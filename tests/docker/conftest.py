"""The engine's world, and the one run over all of its hosts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.catalog import ROWS, SUITE, USUAL
from tests.docker.hosts import Judged, host_file, judge
from tests.docker.world import World
from tests.parts.ca import CertificateAuthority
from tests.parts.docker_engine import DockerEngine


@pytest.fixture(scope="package")
def engine_world(
    docker_engine: DockerEngine, test_ca: CertificateAuthority, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Have the engine with all containers, for the tests of this folder."""
    with World(docker_engine, test_ca, tmp_path_factory.mktemp("engine")) as running:
        yield running


@pytest.fixture(scope="package")
def engine_inventory(engine_world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The host file with all rows."""
    path = tmp_path_factory.mktemp("inventory") / "opscheck.toml"
    path.write_text(host_file(ROWS, engine_world.places, system="shared-infra", usual=USUAL))
    return path


@pytest.fixture(scope="package")
def judged(engine_inventory: Path, engine_world: World, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """What one run over all hosts found, by host."""
    names = [row.name for row in ROWS]
    more = ("-q", "--ops-concurrency=8", "--ops-timeout=10")
    folder = tmp_path_factory.mktemp("judged")
    return judge(SUITE, engine_inventory, names, folder, *more, env=engine_world.environment)
