"""Copies of files that somebody may be writing: either what was there at one moment, or none."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from ..outcome import StackError
from .manifest import walk
from .sparse import copy_file, digest_of

_PAUSE_S = 0.05


class Unsettled(StackError):
    """The files changed during every copy."""


def copy_settled(source: Path, target: Path, *, patience_s: float) -> dict[str, str]:
    """Copy a file or folder as it was at one moment, and give the digests of what was read.

    All is read twice, first everything and then everything again. Where both readings agree, the copy is what lay
    there between the two. Times of change are not asked: a file that is mapped into memory changes without one.

    Raises:
        Unsettled: it was still being written when patience ended.
    """
    ends = time.monotonic() + patience_s
    while True:
        _remove(target)
        try:
            first = _copy(source, target)
            if first == _digests(source):
                return first
        except FileNotFoundError:  # a file that its owner has removed between listing and reading
            pass
        if time.monotonic() > ends:
            _remove(target)
            raise Unsettled(f"{source} is being written without a pause: stop the service, or try when it is idle")
        time.sleep(_PAUSE_S)


def copy_still(source: Path, target: Path) -> dict[str, str]:
    """Copy a file or folder that nobody writes, and give the digests of what was read."""
    return _copy(source, target)


def _copy(source: Path, target: Path) -> dict[str, str]:
    if not source.is_dir():
        return {"": copy_file(source, target)}
    target.mkdir(parents=True)
    digests = {}
    for path, is_folder in walk(source):
        name = path.relative_to(source).as_posix()
        if is_folder:
            (target / name).mkdir()
            digests[name] = ""
        else:
            digests[name] = copy_file(path, target / name)
    return digests


def _digests(source: Path) -> dict[str, str]:
    if not source.is_dir():
        return {"": digest_of(source)}
    return {
        path.relative_to(source).as_posix(): "" if is_folder else digest_of(path) for path, is_folder in walk(source)
    }


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
