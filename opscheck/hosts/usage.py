"""Which kept containers a run is using at this moment: nobody takes them away from under it."""

from __future__ import annotations

import fcntl
import tempfile
from pathlib import Path
from typing import IO


def use(set_id: str) -> IO[bytes]:
    """Say that this process uses a set, for as long as it lives or until what this returns is closed."""
    lock = _file(set_id).open("ab")
    fcntl.flock(lock, fcntl.LOCK_SH)
    return lock


def in_use(set_id: str) -> bool:
    """Whether some process of this machine uses a set."""
    try:
        with _file(set_id).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


def forget(set_id: str) -> None:
    """The set is no more."""
    _file(set_id).unlink(missing_ok=True)


def lock_folder() -> Path:
    """Where all runs of this machine meet, whatever TMPDIR each of them has."""
    shared = Path("/tmp")  # noqa: S108 - what is made there is empty, and opened without cutting it off
    return shared if shared.is_dir() else Path(tempfile.gettempdir())


def _file(set_id: str) -> Path:
    return lock_folder() / f"opscheck-containers-{set_id}.lock"
