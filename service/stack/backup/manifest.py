"""What a backup consists of, written last: a folder without it is no backup."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..outcome import StackError
from .sparse import digest_of

FORMAT = 1
KIND = "opscheck-stack-backup"
NAME = "manifest.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """Every file with size and digest, every folder, and what the stores held."""

    made: str
    files: Mapping[str, tuple[int, str]]
    folders: tuple[str, ...]
    stores: Mapping[str, object]

    def as_dict(self) -> dict[str, object]:
        """Give it as the document that is written, with the seal over all of it."""
        document: dict[str, object] = {
            "kind": KIND,
            "format": FORMAT,
            "made": self.made,
            "stores": dict(self.stores),
            "folders": list(self.folders),
            "files": {path: {"bytes": size, "sha256": digest} for path, (size, digest) in self.files.items()},
        }
        return {**document, "seal": _seal(document)}


def survey(folder: Path, made: str, stores: Mapping[str, object]) -> Manifest:
    """Read every file of the folder back from the disk and make the manifest of what is there."""
    files: dict[str, tuple[int, str]] = {}
    folders: list[str] = []
    for path, is_folder in walk(folder):
        name = path.relative_to(folder).as_posix()
        if is_folder:
            folders.append(name)
        elif name != NAME:
            files[name] = (path.stat().st_size, digest_of(path))
    return Manifest(made, files, tuple(folders), stores)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write it by one rename, after everything that it tells of is on the disk."""
    for path, _ in walk(folder):
        sync(path)
    draft = folder / f"{NAME}.new"
    draft.write_text(json.dumps(manifest.as_dict(), indent=1, sort_keys=True) + "\n", encoding="utf-8")
    sync(draft)
    draft.replace(folder / NAME)
    sync(folder)


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a backup.

    Raises:
        StackError: there is none, it cannot be read, it was changed, or it is of a newer format.
    """
    try:
        document = json.loads((folder / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise StackError(f"{folder} has no {NAME}: it is no backup, or one that was interrupted") from None
    except (OSError, ValueError) as error:
        raise StackError(f"{folder / NAME} cannot be read: {error}") from None
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise StackError(f"{folder / NAME} is not the manifest of a backup of this stack")
    form = document.get("format")
    if not isinstance(form, int) or form > FORMAT:
        raise StackError(f"{folder} has format {form}, this version knows up to {FORMAT}: restore with a newer one")
    seal = document.pop("seal", None)
    if seal != _seal(document):
        raise StackError(f"{folder / NAME} was changed after it was written")
    files = {path: (int(told["bytes"]), str(told["sha256"])) for path, told in document["files"].items()}
    return Manifest(str(document["made"]), files, tuple(document["folders"]), dict(document["stores"]))


def verify(folder: Path, manifest: Manifest) -> None:
    """Read everything back and compare.

    Raises:
        StackError: a file is missing, different or too many.
    """
    found = survey(folder, manifest.made, manifest.stores)
    missing = sorted(set(manifest.files) - set(found.files))
    extra = sorted(set(found.files) - set(manifest.files))
    changed = sorted(
        path for path in set(manifest.files) & set(found.files) if manifest.files[path] != found.files[path]
    )
    for what, paths in (("missing", missing), ("not what was written", changed), ("not part of the backup", extra)):
        if paths:
            more = f", and {len(paths) - 1} more" if len(paths) > 1 else ""
            raise StackError(f"{folder} is damaged: {paths[0]}{more}: {what}")
    if set(manifest.folders) - set(found.folders):
        raise StackError(f"{folder} is damaged: a folder is missing")


def walk(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Give every file and folder below, and whether it is a folder.

    Raises:
        StackError: something else lies there, such as a link; it could point outside.
    """
    for path in sorted(folder.rglob("*")):
        mode = path.lstat().st_mode
        if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
            raise StackError(f"{path} is neither a file nor a folder")
        yield path, stat.S_ISDIR(mode)


def sync(path: Path) -> None:
    """Have a file, or the entries of a folder, on the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _seal(document: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
