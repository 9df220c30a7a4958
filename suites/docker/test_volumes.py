"""The volumes, and the state on them."""

import pytest

from opscheck.checks.docker_protected import docker_protected
from opscheck.checks.docker_state import docker_state
from opscheck.checks.docker_volumes import docker_volumes

pytestmark = pytest.mark.docker


def test_every_volume_is_there(expected_volumes, ops_host, expect):
    """Those that the host file names exist and are mounted."""
    expect(docker_volumes(expected_volumes, expected=ops_host.settings["docker"]["volumes"]))


def test_every_volume_is_protected(protected_volumes, containers, ops_host, expect):
    """Whatever is in use stands on the list of what no pruning may delete."""
    listed = ops_host.settings["docker"]
    expect(
        docker_protected(
            protected_volumes,
            containers,
            expected=listed["containers"],
            relied_on=listed["volumes"],
            protected=listed["protected"],
        )
    )


def test_the_state_outlives_its_container(stateful, ops_host, expect):
    """What has to be remembered lies on a named volume or in a folder of the machine."""
    expect(docker_state(stateful, state=ops_host.settings["docker"]["state"]))
