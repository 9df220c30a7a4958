"""Runs spread over several machines by pytest-xdist's `--tx`."""

from __future__ import annotations

from typing import Any

import pytest

from opscheck.plugin.workers import by_host


def scheduler(config: pytest.Config) -> Any:  # noqa: ANN401 - xdist's Scheduling, or None for xdist's own choice
    """Send all checks of a host to the same machine, where workers run on more than this one."""
    specs = config.getoption("tx", None) or []
    elsewhere = [spec for spec in specs if not str(spec).lstrip("0123456789*").startswith("popen")]
    if not elsewhere or config.getoption("dist", "no") not in ("load", "loadscope"):
        return None
    from xdist.remote import Producer  # noqa: PLC0415 - there is no scheduler without xdist
    from xdist.scheduler import LoadScopeScheduling  # noqa: PLC0415 - there is no scheduler without xdist

    from opscheck.plugin.session import make_session  # noqa: PLC0415 - only for a run on several machines

    hosts = list(make_session(config).hosts)

    class ByHost(LoadScopeScheduling):  # type: ignore[misc] # xdist ships no types
        def _split_scope(self, nodeid: str) -> str:
            return by_host(nodeid, hosts)

    return ByHost(config, Producer("opscheck"))
