"""Restoring a backup: checked first, prepared beside the state, put in its place in one step, taken back if need be."""

from __future__ import annotations

import os
import shutil
import uuid
from pathlib import Path

from ..outcome import StackError
from .exchange import put_in_place
from .manifest import Manifest, read_manifest, sync, verify, walk
from .stable_copy import copy_still
from .stores import why_in_use
from .take import STATE

_PREPARED = ".restoring-"


def checked(folder: Path) -> Manifest:
    """Give the manifest of a backup that is whole.

    Raises:
        StackError: it is not whole, or this version does not know its format.
    """
    if not folder.is_dir():
        raise StackError(f"{folder} is no folder")
    manifest = read_manifest(folder)
    verify(folder, manifest)
    if STATE not in manifest.folders:
        raise StackError(f"{folder} holds no state")
    return manifest


def restore_backup(folder: Path, state: Path) -> Path | None:
    """Put the state of a backup in the place of `state`; give where the old one lies now, which is the caller's.

    Raises:
        StackError: the backup is not whole, the state is in use, or it cannot be exchanged. The state is as it was.
    """
    manifest = checked(folder)
    refuse_if_used(state)
    prepared = state.with_name(f".{state.name}{_PREPARED}{uuid.uuid4().hex[:8]}")
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        copy_still(folder / STATE, prepared)
        _compare(prepared, manifest)
        if state.is_dir():
            _take_over_owner(prepared, state)
        old = put_in_place(prepared, state)
    except OSError as error:
        shutil.rmtree(prepared, ignore_errors=True)
        raise StackError(f"{state} cannot be restored: {error.strerror or error}") from None
    except StackError:
        shutil.rmtree(prepared, ignore_errors=True)
        raise
    return old


def take_back(old: Path | None, state: Path) -> None:
    """Put the state that was there before back in its place."""
    if old is None:
        shutil.rmtree(state, ignore_errors=True)
        return
    discarded = put_in_place(old, state)
    if discarded is not None:
        shutil.rmtree(discarded, ignore_errors=True)


def refuse_if_used(state: Path) -> None:
    """Raise while somebody has the state open: it would go on writing into what was taken away."""
    if state.is_dir() and (user := why_in_use(state)):
        raise StackError(f"{user}: stop the service first")


def left_over(state: Path) -> list[Path]:
    """Name the folders that interrupted restores have left beside the state."""
    return sorted(state.parent.glob(f".{state.name}{_PREPARED}*"))


def _compare(prepared: Path, manifest: Manifest) -> None:
    inside = f"{STATE}/"
    files = {path.removeprefix(inside): told for path, told in manifest.files.items() if path.startswith(inside)}
    folders = tuple(path.removeprefix(inside) for path in manifest.folders if path.startswith(inside))
    verify(prepared, Manifest(manifest.made, files, folders, {}))
    for path, _ in walk(prepared):
        sync(path)


def _take_over_owner(prepared: Path, state: Path) -> None:
    """Give the new state the old one's owner and mode: root restores for a service that is not."""
    if not hasattr(os, "chown"):
        return
    told = state.stat()
    prepared.chmod(told.st_mode & 0o7777)
    if os.geteuid() == 0:
        for path in [prepared, *(path for path, _ in walk(prepared))]:
            os.chown(path, told.st_uid, told.st_gid)
