"""Taking a backup: beside a service that goes on, into a folder that appears by one rename."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from ..outcome import StackError
from .manifest import Manifest, survey, sync, write_manifest
from .stores import Copied, Hold, copy_stores

STATE = "state"
_PARTIAL = ".partial-"
_PATIENCE_S = 10.0

More = Callable[[Path], Mapping[str, object]]


def take_backup(
    state: Path, output: Path, *, more: More | None = None, patience_s: float = _PATIENCE_S, hold: Hold | None = None
) -> Manifest:
    """Copy the state into the new folder `output`; what `more` adds to the folder becomes part of the backup.

    Until the last step everything lies in a folder of another name, without a manifest: whatever ends this process,
    there is a whole backup at `output`, or nothing.

    Raises:
        StackError: a store cannot be copied whole, or `output` is there already.
    """
    if not state.is_dir():
        raise StackError(f"{state} is no folder: there is no state to back up")

    def fill(partial: Path) -> Copied:
        (partial / STATE).mkdir()
        copied = copy_stores(state, partial / STATE, patience_s=patience_s, hold=hold)
        return Copied(copied.held, {f"{STATE}/{path}": digest for path, digest in copied.digests.items()})

    return make_backup(output, fill, more=more)


def make_backup(output: Path, fill: Callable[[Path], Copied], *, more: More | None = None) -> Manifest:
    """Have `fill` put the state into a folder, then make a backup at `output` of it.

    Raises:
        StackError: it did not succeed; nothing is left behind.
    """
    if output.exists():
        raise StackError(f"{output} is there already, and a backup is never overwritten")
    partial = output.with_name(f".{output.name}{_PARTIAL}{uuid.uuid4().hex[:8]}")
    try:
        partial.mkdir(parents=True, mode=0o700)  # conversations are nobody else's business
        copied = fill(partial)
        held = {**copied.held, **(more(partial) if more else {})}
        made = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        manifest = survey(partial, made, held)
        _compare(copied, manifest)
        write_manifest(partial, manifest)
        partial.rename(output)
        sync(output.parent)
    except OSError as error:
        raise StackError(f"{output} cannot be written: {error.strerror or error}") from None
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return manifest


def _compare(copied: Copied, written: Manifest) -> None:
    """Raise when what lies on the disk is not what was read."""
    for path, digest in copied.digests.items():
        if written.files.get(path, (0, ""))[1] != digest:
            raise StackError(f"{path} was written and reads differently: look at the disk")


def left_over(parent: Path) -> list[Path]:
    """Name the folders that interrupted backups have left."""
    return sorted(parent.glob(f".*{_PARTIAL}*")) if parent.is_dir() else []
