"""The hosts of a report as the host file knows them today, as far as it does."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from opscheck.errors import UserError
from opscheck.inventory import load_inventory, select
from opscheck.model import Host


def known_hosts(host_file: Path | None, names: Iterable[str]) -> dict[str, Host]:
    """Those of the named hosts that the host file has; a host that it no longer has only leaves commands unfilled."""
    inventory = load_inventory(host_file)
    found = {}
    for name in names:
        if name in inventory.hosts:
            with suppress(UserError):
                found[name] = select([name], inventory)[0]
    return found
