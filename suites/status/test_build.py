"""The summary tells what is running, and since when there is such a build."""

import pytest

from opscheck.checks.build_released import build_released
from opscheck.checks.build_time import build_time

pytestmark = [pytest.mark.status, pytest.mark.release]


def test_the_released_build_runs(summary_of_release, ops_host, expect):
    """What runs is the commit that was released."""
    expect(build_released(summary_of_release, sha=ops_host.settings["build"]["sha"]))


def test_the_time_of_the_build_is_that_of_the_build(summary, summary_later, expect):
    """The time of the build is an instant of the past, whenever it is asked for."""
    expect(build_time(summary, summary_later))
