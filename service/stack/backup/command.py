"""`backup` and `restore`: of a folder, or of the stack's volume; with the database where one is named."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from ..compose import Compose
from ..docker import Docker
from ..environment import Stack
from ..outcome import Exit, StackError
from ..progress import Progress
from .manifest import Manifest
from .postgres import DUMP, Postgres
from .restore import checked, restore_backup
from .restore import left_over as left_by_restore
from .take import left_over, take_backup
from .volume import StackState

_PLACE = Path("backups")


def backup(
    options: argparse.Namespace, stack: Stack, docker: Docker, compose: Compose, progress: Progress
) -> Iterator[str]:
    """Take a backup; give the lines that tell of it."""
    output = options.output or _PLACE / datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    postgres = _postgres(stack)

    def more(folder: Path) -> Mapping[str, object]:
        return {"postgres": postgres.dump(folder / DUMP)} if postgres is not None else {}

    with progress.during(f"backup to {output}") as step:
        if options.state_dir is not None:
            manifest = take_backup(options.state_dir, output, more=more)
        else:
            docker.require()
            manifest = StackState(stack, docker, compose, progress).back_up(output, more)
    yield f"{output}: {_told(manifest)}, in {step.seconds:.1f} s"
    for folder in left_over(output.parent):
        yield f"{folder} was left by a backup that was interrupted, and may be deleted"


def restore(
    options: argparse.Namespace, stack: Stack, docker: Docker, compose: Compose, progress: Progress
) -> Iterator[str]:
    """Restore a backup; give the lines that tell of it."""
    manifest = checked(options.folder)
    if options.check:
        yield f"{options.folder} is whole: {_told(manifest)}, made {manifest.made}"
        return
    postgres = _postgres(stack) if DUMP in manifest.files else None
    if DUMP in manifest.files and postgres is None:
        raise StackError(f"{options.folder} holds a database: set STACK_POSTGRES_URL to where it belongs", Exit.USAGE)
    with progress.during(f"restoring {options.folder}") as step:
        swapped = postgres.put(options.folder / DUMP) if postgres is not None else None
        try:
            _put_state(options, stack, docker, compose, progress)
        except BaseException:
            if postgres is not None and swapped is not None:
                postgres.undo(swapped)
            raise
        if postgres is not None and swapped is not None:
            postgres.discard(swapped)
    yield f"restored {options.folder}: {_told(manifest)}, made {manifest.made}, in {step.seconds:.1f} s"
    for folder in left_by_restore(options.state_dir) if options.state_dir is not None else ():
        yield f"{folder} was left by a restore that was interrupted, and may be deleted"


def _put_state(options: argparse.Namespace, stack: Stack, docker: Docker, compose: Compose, progress: Progress) -> None:
    if options.state_dir is None:
        docker.require()
        StackState(stack, docker, compose, progress).restore(options.folder)
        return
    old = restore_backup(options.folder, options.state_dir)
    if old is not None:
        shutil.rmtree(old, ignore_errors=True)


def _postgres(stack: Stack) -> Postgres | None:
    url = stack.env.get("STACK_POSTGRES_URL", "")
    return Postgres(url, stack.env) if url else None


def _told(manifest: Manifest) -> str:
    held = []
    for store, counts in manifest.stores.items():
        pairs = counts.items() if isinstance(counts, dict) else ()
        held.append(f"{store} " + ", ".join(f"{count} {name}" for name, count in pairs if count is not None))
    size = sum(size for size, _ in manifest.files.values())
    return f"{'; '.join(held) or 'no store'}; {len(manifest.files)} files, {size / 1e6:.1f} MB"
