"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from opscheck.errors import OptionError
from opscheck.report.visible import visible


def write_whole(path: Path, content: bytes, *, what: str = "") -> None:
    """Either the old file or the whole new one, never a part of it, and on the disk when this returns.

    The mode of a file that is there stays.

    Args:
        what: what it is, for the message: `the report`.

    Raises:
        OptionError: it cannot be written.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, prefix=f".{path.name[:40]}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    except (OSError, ValueError) as error:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()
        why = getattr(error, "strerror", None) or str(error)
        named = f"{what} {visible(path, 200)}".strip()
        raise OptionError(f"{named} cannot be written: {visible(why, 120)}") from None


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
