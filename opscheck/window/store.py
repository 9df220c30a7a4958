"""A window's folder: its log and its evidence. Files are there whole or not at all, and in the log when they are."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from opscheck.errors import OptionError
from opscheck.redact import Redactor
from opscheck.report.visible import visible
from opscheck.report.whole_file import write_whole
from opscheck.window.log import Entry, Log, entry_after, read_log

LOG: Final = "log.jsonl"
_LOCK: Final = ".lock"


class Store:
    """One window's folder.

    Args:
        redactor: masks the secrets that it knows in whatever is written.
    """

    def __init__(self, folder: Path, redactor: Redactor | None = None) -> None:
        self.folder = folder
        self.redactor = redactor or Redactor()

    @property
    def log_file(self) -> Path:
        """Where the log is."""
        return self.folder / LOG

    def read(self) -> Log:
        """The log as it stands; empty where there is none.

        Raises:
            OptionError: it cannot be read.
        """
        try:
            return read_log(self.log_file.read_bytes())
        except FileNotFoundError:
            return Log()
        except OSError as error:
            raise OptionError(f"{self.log_file}: cannot be read: {error.strerror}") from None

    @contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time; the kernel drops the lock of one that dies.

        Raises:
            OptionError: the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        except OSError as error:
            raise _unwritable(self.folder, error) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def append(self, *, at: datetime, by: str, kind: str, data: Mapping[str, Any]) -> Entry:
        """Write an entry and wait until it is on the disk; to be called within `locked`.

        A last line that was never written whole, because its writer was killed, is taken away first.

        Raises:
            OptionError: the log was tampered with, or cannot be written.
        """
        try:
            with self.log_file.open("a+b") as file:
                file.seek(0)
                content = file.read()
                log = read_log(content)
                if log.broken:
                    raise OptionError(f"{self.log_file}: {log.broken}; nothing is added to it")
                if log.torn:
                    file.truncate(len(content) - log.torn)
                entry = entry_after(log.last, at=at, by=by, kind=kind, data=data, redactor=self.redactor)
                file.write(entry.line().encode())
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise _unwritable(self.log_file, error) from None
        return entry

    def keep(self, name: str, content: bytes) -> dict[str, Any]:
        """Keep a piece of evidence below the folder; what the log says of it.

        Raises:
            OptionError: it cannot be written.
        """
        write_whole(self.folder / name, content)
        return {"file": name, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}

    def evidence(self, name: str) -> bytes | None:
        """A kept piece; None where it is gone or cannot be read."""
        try:
            return (self.folder / name).read_bytes()
        except OSError:
            return None


def _unwritable(path: Path, error: Exception) -> OptionError:
    why = getattr(error, "strerror", None) or str(error)
    return OptionError(f"{visible(path, 200)} cannot be written: {visible(why, 120)}")


def folders_in(root: Path) -> Sequence[Path]:
    """The windows below a folder, by name."""
    try:
        return sorted(one for one in root.iterdir() if (one / LOG).is_file())
    except OSError:
        return ()
