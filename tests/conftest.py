"""What all tests share."""

from __future__ import annotations

import os
import shutil
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from xdist.scheduler import LoadScopeScheduling

pytest_plugins = ["pytester", "tests.parts.fixtures"]

# The runs that tests start are none of the user's history, also where a test clears the environment of our options.
_STATE = tempfile.mkdtemp(prefix="opscheck-state-")
os.environ |= {"OPSCHECK_HISTORY": "off", "XDG_STATE_HOME": _STATE}

# These share what is there once on a machine, or slow to start: all their files go to one worker.
_TOGETHER = (
    "tests/stack/",
    "tests/containers/",
    "tests/docker/",
    "tests/tunnel/",
    "tests/infra/",
    "tests/parts_tests/",
)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known with which a test says what it proves of a check."""
    config.addinivalue_line("markers", "proof(check, outcome, fault=None): shows a check's outcome, or a fault found")


def pytest_unconfigure() -> None:
    """Leave nothing behind."""
    shutil.rmtree(_STATE, ignore_errors=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:  # noqa: ANN401 - xdist's own
    """Hand out whole files, and some folders as if they were one: what a file starts is started once."""
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - only where xdist is asked for

    class ByFile(LoadScopeScheduling):  # type: ignore[misc] # xdist ships no types
        def _split_scope(self, nodeid: str) -> str:
            file: str = nodeid.split("::", 1)[0]
            return next((folder for folder in _TOGETHER if file.startswith(folder)), file)

    return ByFile(config, log)
