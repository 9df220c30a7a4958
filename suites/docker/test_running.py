"""The containers."""

import pytest

from opscheck.checks.docker_health import docker_health
from opscheck.checks.docker_images import docker_images
from opscheck.checks.docker_restarts import docker_restarts
from opscheck.checks.docker_running import docker_running

pytestmark = pytest.mark.docker


def test_every_container_runs(expected_containers, ops_host, expect):
    """Those that the host file expects are there and run."""
    expect(docker_running(expected_containers, expected=ops_host.settings["docker"]["containers"]))


def test_every_container_is_healthy(containers, ops_host, expect):
    """No health check fails, and none takes too long to begin."""
    names = ops_host.settings.get("docker", {}).get("containers", ())
    seconds = ops_host.budget("docker_starting_seconds", 300)
    expect(docker_health(containers, expected=names, starting_seconds=seconds))


def test_no_container_restarts(containers, ops_host, expect):
    """Nothing crashes and is started again, over and over."""
    budget = ops_host.settings.get("docker", {})
    expect(
        docker_restarts(
            containers,
            expected=budget.get("containers", ()),
            most=budget.get("restarts", 3),
            calm_hours=budget.get("calm_hours", 24),
        )
    )


def test_every_image_is_pinned(containers, ops_host, expect):
    """What runs is what the host file lists, by a name that means the same tomorrow."""
    listed = ops_host.settings.get("docker", {})
    expect(
        docker_images(
            containers,
            expected=listed.get("containers", ()),
            images=listed.get("images", {}),
            tolerated=listed.get("tolerated", ()),
        )
    )
