"""Two folders trade places in one step, so that there is no moment without a state."""

from __future__ import annotations

import ctypes
import errno
import os
import sys
from pathlib import Path

from ..outcome import StackError
from .manifest import sync

_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


def put_in_place(prepared: Path, place: Path) -> Path | None:
    """Make `prepared` the folder at `place`, and give where the one that was there now lies; None if there was none.

    Raises:
        StackError: it cannot be moved, such as the mount point of a volume.
    """
    try:
        if not place.exists():
            prepared.rename(place)
            old = None
        elif _exchange(prepared, place):
            old = prepared
        else:
            # Not on this system: a kill between the two leaves no folder at the place, and both beside it.
            old = prepared.with_name(prepared.name + ".old")
            place.rename(old)
            try:
                prepared.rename(place)
            except OSError:
                old.rename(place)
                raise
    except OSError as error:
        if error.errno in (errno.EBUSY, errno.EXDEV):
            raise StackError(f"{place} is a mount point and cannot be exchanged: use a folder inside it") from None
        raise StackError(f"{place} cannot be exchanged: {error.strerror}") from None
    sync(place.parent)
    return old


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two entries atomically; False where the system does not know how."""
    if not sys.platform.startswith("linux"):
        return False
    rename = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if rename is None:
        return False
    if rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL):  # an old kernel, or a file system that cannot
        return False
    raise OSError(code, os.strerror(code))
