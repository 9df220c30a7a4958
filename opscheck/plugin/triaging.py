"""Triage in a run: signatures meet the results at its end; the user's own are read before it begins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from opscheck.plugin.options import INVENTORY

if TYPE_CHECKING:
    from opscheck.model import Host
    from opscheck.report.run import RunReport
    from opscheck.report.triage import Triage


def check_signatures(config: pytest.Config) -> None:
    """Hold the user's own signatures against their schema; a run without any pays nothing.

    Raises:
        UserError: the file cannot be used.
    """
    host_file = config.stash[INVENTORY].path
    if host_file is not None and host_file.with_name("signatures.toml").is_file():
        from opscheck.triage import load_signatures  # noqa: PLC0415 - only where there are any

        load_signatures(host_file)


def triaged(config: pytest.Config, report: RunReport, hosts: Mapping[str, Host]) -> Triage:
    """The likely causes of what is not green, with commands filled in for the hosts of the run."""
    from opscheck.triage import explain, load_signatures  # noqa: PLC0415 - only at the end

    return explain(report, load_signatures(config.stash[INVENTORY].path), hosts)
