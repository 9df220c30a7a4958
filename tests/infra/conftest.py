"""The world and the one run over all of its hosts."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docker.hosts import Judged
from tests.infra.catalog import ROWS
from tests.infra.hosts import host_file, run
from tests.infra.world import World


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever worker takes the first test starts the world for all of them."""
    for item in items:
        if {"world", "inventory", "judged"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.xdist_group("infra-world"))


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Have every server, for the tests of this folder."""
    with World(tmp_path_factory.mktemp("world")) as running:
        yield running


@pytest.fixture(scope="package")
def inventory(world: World, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The host file with all rows."""
    path = tmp_path_factory.mktemp("inventory") / "opscheck.toml"
    path.write_text(host_file(ROWS, world.places))
    return path


@pytest.fixture(scope="package")
def judged(inventory: Path, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """What one run over all hosts found, by host."""
    report = tmp_path_factory.mktemp("judged") / "report.json"
    done = run(inventory, [row.name for row in ROWS], report, "-q", "--ops-concurrency=8", "--ops-timeout=20")
    assert done.returncode in (0, 1), done.stdout[-4000:] + done.stderr[-4000:]
    text = report.read_text()
    document = json.loads(text)
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for result in document["results"]:
        found[result["host"]].append(result)
    return Judged(found, text)
