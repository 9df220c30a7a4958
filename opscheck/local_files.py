"""Files of this machine, read without trusting them: the content of one within a cap, the digests of many."""

from __future__ import annotations

import errno
import glob
import hashlib
import os
import stat
import threading
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import FileIO
from pathlib import Path
from typing import Final

from opscheck.model.files import FileDigest, LocalFile

ALGORITHMS: Final = ("sha256", "sha384", "sha512")  # weakest first
MOST_BYTES: Final = 32 * 1024 * 1024
_PIECE: Final = 256 * 1024
_MOST_WORKERS: Final = 4


def read_file(path: str | Path, *, most: int = MOST_BYTES) -> LocalFile:
    """The content of a regular file; where it cannot be had, the observation says why."""
    at = datetime.now(UTC)
    try:
        with _opened(str(path)) as file:
            content = bytearray()
            while len(content) <= most and (piece := file.read(most + 1 - len(content))):
                content += piece
    except ValueError:
        return LocalFile(str(path), b"", at, "its name holds a NUL")
    except OSError as error:
        return LocalFile(str(path), b"", at, (error.strerror or "cannot be read").lower())
    if len(content) > most:
        return LocalFile(str(path), b"", at, f"is larger than {most // 1024 // 1024} MiB")
    return LocalFile(str(path), bytes(content), at)


def named_files(names: Sequence[str]) -> list[str]:
    """The files that some names and patterns such as `rules/*.yml` mean; one that means none stays, to be told."""
    found: dict[str, None] = {}
    for name in names:
        found |= dict.fromkeys(sorted(glob.glob(name)) or [name])  # noqa: PTH207 - Path.glob refuses absolute ones
    return list(found)


class Outside(ValueError):
    """A name that does not lie below its folder; the text says why."""


def inside(root: str, name: str) -> str:
    """The real path of a file by its name below a real folder.

    Raises:
        Outside: the name, or what it links to, leads out of the folder.
        OSError: it cannot be told, such as for links in a circle.
    """
    _check_name(name)
    try:
        path = os.path.realpath(os.path.join(root, name))  # noqa: PTH118, PTH - text is three times as fast as Path
    except UnicodeEncodeError:
        raise Outside("its name has no encoding") from None
    if path != root and not path.startswith(root.rstrip("/") + "/"):
        raise Outside("it is a link out of the folder")
    return path


def _check_name(name: str) -> None:
    if "\0" in name:
        raise Outside("its name holds a NUL")
    if name.startswith("/") or ".." in name.split("/"):
        raise Outside("its name leads out of the folder")


def _opened_inside(root: str, name: str) -> FileIO:
    """A file below a folder, opened; where it really lies is asked of the open file, which nobody can exchange."""
    _check_name(name)
    path = f"{root}/{name}"
    try:
        file = _opened(path)
    except UnicodeEncodeError:
        raise Outside("its name has no encoding") from None
    try:
        real = os.readlink(f"/proc/self/fd/{file.fileno()}")  # noqa: PTH115 - text is three times as fast as Path
    except OSError:
        real = os.path.realpath(path)
    if not real.startswith(root.rstrip("/") + "/"):
        file.close()
        raise Outside("it is a link out of the folder")
    return file


def digest(root: str, name: str, algorithms: Iterable[str], piece: bytearray) -> FileDigest:
    """The digests of one file; whatever it is, this does not raise and does not wait for a peer.

    Args:
        root: the real path of the folder.
        piece: what the file is read through.
    """
    try:
        with _opened_inside(root, name) as file:
            engines = [hashlib.new(one, usedforsecurity=False) for one in algorithms]
            view, size = memoryview(piece), 0
            while count := file.readinto(piece):
                size += count
                for engine in engines:
                    engine.update(view[:count])
    except Outside as error:
        return FileDigest(name, problem=f"refused: {error}")
    except OSError as error:
        return FileDigest(name, problem=(error.strerror or "cannot be read").lower())
    return FileDigest(name, {engine.name: engine.digest() for engine in engines}, size)


def _opened(path: str) -> FileIO:
    """A regular file, opened; nothing else is waited for, such as the writer of a pipe."""
    opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    mode = os.fstat(opened).st_mode
    if not stat.S_ISREG(mode):
        os.close(opened)
        raise OSError(errno.EINVAL, "is a directory" if stat.S_ISDIR(mode) else "is no regular file")
    return FileIO(opened)


def digest_all(root: str | Path, wanted: Sequence[tuple[str, Iterable[str]]], *, workers: int = 0) -> list[FileDigest]:
    """The digests of many files, in the order asked; hashing frees the interpreter, so threads share the work.

    Args:
        wanted: names below the folder, each with its algorithms.
        workers: threads; as many as there are cores where nothing is said, up to four.
    """
    base = os.path.realpath(root)
    found: list[FileDigest | None] = [None] * len(wanted)
    turn = iter(range(len(wanted)))

    def work() -> None:
        piece = bytearray(_PIECE)
        for index in turn:  # one step of a range's iterator is atomic: no two threads get the same index
            name, algorithms = wanted[index]
            found[index] = digest(base, name, algorithms, piece)

    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    threads = workers or (1 if len(wanted) < 2 else min(_MOST_WORKERS, cores))
    others = [threading.Thread(target=work, daemon=True) for _ in range(threads - 1)]
    for one in others:
        one.start()
    work()
    for one in others:
        one.join()
    return [one or FileDigest(name, problem="was not read") for one, (name, _) in zip(found, wanted, strict=True)]
