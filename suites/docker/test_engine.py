"""The engine."""

import pytest

from opscheck.checks.docker_disk import docker_disk
from opscheck.checks.docker_engine import docker_engine

pytestmark = pytest.mark.docker


def test_the_engine_answers(engine, expect):
    """It is reached, well, and open to nobody who does not say who they are."""
    expect(docker_engine(engine))


def test_the_engine_has_room(disk, ops_host, expect):
    """Its disk, and what it keeps there, are within their budgets."""
    budget = ops_host.settings.get("docker", {})
    expect(
        docker_disk(
            disk,
            percent=budget.get("disk_percent", 90),
            gigabytes=budget.get("disk_gb", 0),
            build_cache_gigabytes=budget.get("build_cache_gb", 0),
        )
    )
