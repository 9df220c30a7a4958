"""Secrets by reference: from the environment or a file, never from the host file itself."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from opscheck.errors import InventoryError
from opscheck.redact import Secret


def read_secrets(
    references: Mapping[str, Mapping[str, str]],
    *,
    folder: Path,
    environ: Mapping[str, str] | None = None,
) -> dict[str, Secret]:
    """The secrets that these references name; one whose variable is not set is left out, so its checks say so.

    Raises:
        InventoryError: a file that cannot be read, or that is empty.
    """
    environment = os.environ if environ is None else environ
    found = {}
    for name, reference in references.items():
        if "env" in reference:
            value = environment.get(reference["env"], "")
        else:
            value = _from_file(name, folder / Path(reference["file"]).expanduser())
        if value:
            found[name] = Secret(name, value)
    return found


def _from_file(name: str, path: Path) -> str:
    try:
        value = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "is not UTF-8"
        raise InventoryError(f"secret {name}: {path} cannot be read: {why}") from None
    if not value:
        raise InventoryError(f"secret {name}: {path} is empty")
    return value
