"""The files that a release writes: its reports and what people have attested; each whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from opscheck.errors import UserError
from opscheck.report.visible import visible


def put(path: Path, text: str) -> None:
    """Either the old file or the whole new one, never a part of it.

    Raises:
        UserError: it cannot be written.
    """
    temporary: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", newline="\n", dir=path.parent, prefix=f".{path.name[:40]}.", delete=False
        ) as file:
            temporary = Path(file.name)
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        temporary.replace(path)
    except (OSError, ValueError) as error:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()
        why = getattr(error, "strerror", None) or str(error)
        raise UserError(f"{visible(path, 200)} cannot be written: {visible(why, 120)}") from None
