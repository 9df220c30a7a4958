"""Files that are mostly holes: read without reading the holes, written without writing them.

A vector store reserves files of many megabytes for a few entries; written out they would fill a disk.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

CHUNK = 256 * 1024
_ZEROS = bytes(CHUNK)


def digest_of(path: Path) -> str:
    """Give the SHA-256 of all that a file says, holes as the zeros that they are."""
    digest = hashlib.sha256()
    with path.open("rb") as source:
        for piece in pieces(source):
            digest.update(piece)
    return digest.hexdigest()


def copy_file(source: Path, target: Path) -> str:
    """Copy one file to a new one, and give the SHA-256 of what was read."""
    digest = hashlib.sha256()
    with source.open("rb") as reader, target.open("xb") as writer:
        for piece in pieces(reader):
            digest.update(piece)
            write(writer, piece)
        writer.truncate()
    return digest.hexdigest()


def pieces(source: BinaryIO) -> Iterator[bytes]:
    """Give a file from its beginning to its end; a hole as zeros that were not read."""
    place = 0
    while True:
        data = _data_from(source, place)
        end = os.fstat(source.fileno()).st_size if data is None else data
        while place < end:
            step = min(CHUNK, end - place)
            yield _ZEROS[:step]
            place += step
        if data is None:
            return
        source.seek(place)
        hole = _hole_from(source, place)
        source.seek(place)
        while place < hole:
            piece = source.read(min(CHUNK, hole - place))
            if not piece:
                return
            yield piece
            place += len(piece)


def write(writer: BinaryIO, piece: bytes) -> None:
    """Write what is more than zeros and step over the rest; whoever writes truncates at the end."""
    if piece == _ZEROS[: len(piece)]:
        writer.seek(len(piece), os.SEEK_CUR)
    else:
        writer.write(piece)


def _data_from(source: BinaryIO, place: int) -> int | None:
    """Give where there is data from `place` on; None when only a hole is left."""
    if not hasattr(os, "SEEK_DATA"):
        return place if place < os.fstat(source.fileno()).st_size else None
    try:
        return os.lseek(source.fileno(), place, os.SEEK_DATA)
    except OSError as error:
        if error.errno == errno.ENXIO:
            return None
        raise


def _hole_from(source: BinaryIO, place: int) -> int:
    if not hasattr(os, "SEEK_HOLE"):
        return os.fstat(source.fileno()).st_size
    return os.lseek(source.fileno(), place, os.SEEK_HOLE)
