"""The inventory: host files and system packs, validated, turned into Hosts."""

from opscheck.inventory.containers import CONTAINERS
from opscheck.inventory.hosts import (
    EMBEDDED,
    EMBEDDED_ORIGIN,
    FILE_NAME,
    PLACEHOLDER,
    Inventory,
    find_inventory,
    load_inventory,
    select,
)
from opscheck.inventory.systems import System, load_system, pack_files

__all__ = [
    "CONTAINERS",
    "EMBEDDED",
    "EMBEDDED_ORIGIN",
    "FILE_NAME",
    "PLACEHOLDER",
    "Inventory",
    "System",
    "find_inventory",
    "load_inventory",
    "load_system",
    "pack_files",
    "select",
]
