"""The host file that a command means."""

from __future__ import annotations

from pathlib import Path

from opscheck.inventory import Inventory, find_inventory, load_inventory
from opscheck.settings import resolve


def host_file() -> Inventory:
    """The one that `OPSCHECK_INVENTORY` names, else `opscheck.toml` here or in the nearest folder above; perhaps none.

    Raises:
        InventoryError: it cannot be read, or is not valid.
    """
    named = resolve(lambda _: None).inventory
    return load_inventory(Path.cwd() / named if named else find_inventory(Path.cwd()))
