"""A backup as a stream, in and out of a container that has the volume mounted."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path, PurePosixPath
from typing import IO

from ..outcome import StackError
from .manifest import NAME, walk
from .sparse import CHUNK, write

_LEVEL = 1  # most of a vector store is zeros, which cost nothing at any level


def send(folder: Path, stream: IO[bytes]) -> None:
    """Write a whole backup to the stream, its manifest last."""
    with (
        gzip.GzipFile(fileobj=stream, mode="wb", compresslevel=_LEVEL) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        for path, _ in walk(folder):
            if path.name != NAME or path.parent != folder:
                archive.add(path, path.relative_to(folder).as_posix(), recursive=False)
        archive.add(folder / NAME, NAME, recursive=False)


def receive(stream: IO[bytes], folder: Path) -> None:
    """Unpack a stream into an empty folder; whether it is whole is for its manifest to tell.

    Raises:
        StackError: the stream was cut off, or holds what does not belong there.
    """
    try:
        with tarfile.open(fileobj=stream, mode="r|gz") as archive:
            for member in archive:
                _unpack(archive, member, folder)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise StackError(f"the backup was cut off on its way: {error}") from None


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    name = PurePosixPath(member.name)
    if name.is_absolute() or ".." in name.parts:
        raise StackError(f"the stream holds {member.name!r}, which would lie elsewhere")
    target = folder / name
    source = archive.extractfile(member) if member.isreg() else None
    if member.isdir():
        target.mkdir(exist_ok=True)
    elif source is None:
        raise StackError(f"the stream holds {member.name!r}, which is neither a file nor a folder")
    else:
        with source, target.open("xb") as writer:
            while chunk := source.read(CHUNK):
                write(writer, chunk)
            writer.truncate()
