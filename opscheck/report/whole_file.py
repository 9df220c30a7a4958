"""Files that are written whole or not at all."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from opscheck.errors import OptionError
from opscheck.report.visible import visible


def write_whole(path: Path, content: bytes, *, what: str = "") -> None:
    """Either the old file or the whole new one, never a part of it, and on the disk when this returns.

    The mode of a file that is there stays, and its owner where that can be.

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
        _like(temporary, path)
        temporary.replace(path)
    except (OSError, ValueError) as error:
        if temporary is not None:
            with suppress(OSError):
                temporary.unlink()
        why = getattr(error, "strerror", None) or str(error)
        named = f"{what} {visible(path, 200)}".strip()
        raise OptionError(f"{named} cannot be written: {visible(why, 120)}") from None


@contextmanager
def one_writer(path: Path, *, make_folder: bool = False) -> Iterator[None]:
    """Who reads a file, adds to it and writes it does so alone: nobody else of this machine does meanwhile.

    The lock is on its folder, and the kernel drops that of a process that dies.

    Raises:
        OptionError: the folder is not there, or may not be opened.
    """
    try:
        if make_folder:
            path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise OptionError(f"{visible(path, 200)}: cannot be written: {visible(error.strerror, 120)}") from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _like(temporary: Path, path: Path) -> None:
    """The mode of the file that it takes the place of, and its owner, where root writes into somebody's folder."""
    if not path.exists():
        temporary.chmod(0o666 & ~_umask())
        return
    before = path.stat()
    with suppress(PermissionError):
        os.chown(temporary, before.st_uid, before.st_gid)
    temporary.chmod(before.st_mode & 0o777)


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
