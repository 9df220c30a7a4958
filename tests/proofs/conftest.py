"""One module for each catalog: a worker that takes it makes the run for all of its tests."""

from __future__ import annotations

import pytest

from tests.faults.catalogs import CATALOGS
from tests.proofs.judging import Outcomes, judged


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a catalog runs once for each of its services."""
    catalog = CATALOGS.get(getattr(metafunc.module, "CATALOG", ""))
    for argument, part in (("fault", "faults"), ("sound", "unbroken")):
        if catalog is not None and argument in metafunc.fixturenames:
            metafunc.parametrize(argument, getattr(catalog, part), ids=lambda service: service.name)


@pytest.fixture(scope="module")
def outcomes(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Outcomes:
    """The checks of each host by outcome."""
    return judged(CATALOGS[request.module.CATALOG], tmp_path_factory.mktemp(request.module.CATALOG))
