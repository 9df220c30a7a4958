"""Fixtures of the probe tests."""

from __future__ import annotations

import pytest

from tests.probes.certificates import World, make_world


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """An authority and its good and bad certificates."""
    return make_world(tmp_path_factory.mktemp("certificates"))
