"""Read a file of waivers; what cannot be read at all is the user's error, what a waiver lacks is the run's to tell."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from opscheck.errors import OptionError
from opscheck.inventory.document import read
from opscheck.inventory.tables import line_of_item
from opscheck.model import Outcome
from opscheck.waivers.register import Waivers
from opscheck.waivers.waiver import Waiver

FILE_NAME: Final = "waivers.toml"
_TABLE: Final = "waiver"


def find_waivers(named: str, folder: Path, host_file: Path | None) -> Path | None:
    """The file that was named, else the one beside the host file; None where there is neither.

    Args:
        folder: where a relative name begins.

    Raises:
        OptionError: the named file does not exist.
    """
    if named:
        path = folder / named
        if not path.is_file():
            raise OptionError(f"--ops-waivers: {named}: there is no such file")
        return path
    beside = host_file.with_name(FILE_NAME) if host_file is not None else None
    return beside if beside is not None and beside.is_file() else None


def load_waivers(path: Path | None) -> Waivers:
    """The waivers of a file, or none.

    Raises:
        InventoryError: it cannot be read, or has keys or values that no waiver has; one line.
    """
    if path is None:
        return Waivers()
    data = read(path, "waivers.schema.json", package=__package__)
    items = data.get(_TABLE, [])
    lines = [line_of_item(path, _TABLE, index) for index in range(len(items))]
    found = tuple(_waiver(item, line) for item, line in zip(items, lines, strict=True))
    return Waivers(found, path.name, frozenset(data.get("checks", ())))


def _waiver(item: dict[str, Any], line: int) -> Waiver:
    fields = dict(item)
    if "outcomes" in fields:
        fields["outcomes"] = frozenset(Outcome(word) for word in fields["outcomes"])
    return Waiver(line=line, **fields)
