"""The tunnels' world, and the one run over all of its hosts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.hosts import Judged, host_file, judge
from tests.parts.docker_engine import DockerEngine
from tests.tunnel.catalog import ROWS, SUITE, USUAL
from tests.tunnel.world import World


@pytest.fixture(scope="package")
def tunnel_world(docker_engine: DockerEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Have every tunnel, for the tests of this folder."""
    with World(docker_engine, tmp_path_factory.mktemp("tunnel")) as running:
        yield running


@pytest.fixture(scope="package")
def tunnels_inventory(tunnel_world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The host file with all rows."""
    path = tmp_path_factory.mktemp("inventory") / "opscheck.toml"
    path.write_text(host_file(ROWS, tunnel_world.places, system="reference", usual=USUAL))
    return path


@pytest.fixture(scope="package")
def judged(tunnels_inventory: Path, tunnel_world: World, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """What one run over all hosts found, by host."""
    names = [row.name for row in ROWS]
    folder = tmp_path_factory.mktemp("judged")
    more = ("--ops-concurrency=8", "-v")
    return judge(SUITE, tunnels_inventory, names, folder, *more, env=tunnel_world.environment)
