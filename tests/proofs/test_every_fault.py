"""No fault is only a name."""

from opscheck.registry import shipped_checks
from tests.docker.catalog import SHOWN as DOCKER
from tests.faults.catalogs import CATALOGS
from tests.infra.catalog import SHOWN
from tests.tunnel.catalog import SHOWN as TUNNEL


def test_every_fault_of_every_check_is_shown() -> None:
    """Each of them is broken once in a running system."""
    named = {name for info in shipped_checks().values() for name in info.faults}
    shown = {name for catalog in CATALOGS.values() for fault in catalog.faults for name in fault.shows}

    assert shown | SHOWN | DOCKER | TUNNEL == named
