"""The files that a release writes itself, and those that it is handed: neither is part of what is released."""

from __future__ import annotations

from collections.abc import Iterator
from glob import glob
from pathlib import Path

from opscheck.release.asked import Asked
from opscheck.release.checklist import Checklist

_OF_SQLITE = ("", "-wal", "-shm", "-journal")
_WAIVERS = "waivers.toml"  # beside the host file


def own_files(checklist: Checklist, asked: Asked) -> tuple[list[Path], list[Path]]:
    """What it writes, and what it reads."""
    return list(_written(checklist, asked)), list(_read(checklist, asked))


def _written(checklist: Checklist, asked: Asked) -> Iterator[Path]:
    yield asked.state
    yield from (path.absolute() for path in asked.reports)
    yield from (asked.folder / item.wants["junit"] for item in checklist.items if "junit" in item.wants)
    file = asked.history.removeprefix("sqlite:///")
    if file and "://" not in file:
        yield from (Path(f"{file}{end}").expanduser().absolute() for end in _OF_SQLITE)


def _read(checklist: Checklist, asked: Asked) -> Iterator[Path]:
    yield from asked.results.values()
    yield from (Path(name).absolute() for name in checklist.files[1:])
    if asked.inventory:
        file = Path(asked.inventory).absolute()
        yield from (file, file.with_name(_WAIVERS))
    for item in checklist.items:
        if item.kind in ("junit", "ci") and "path" in item.wants:
            yield _place(asked, item.wants["path"])
    yield from (_place(asked, name) for name in asked.prometheus if "://" not in name)
    for pattern in _logs(checklist, asked):
        yield from (Path(found) for found in glob(str(_place(asked, pattern))))  # noqa: PTH207 - a pattern may be absolute


def _logs(checklist: Checklist, asked: Asked) -> Iterator[str]:
    """Patterns of access logs, from wherever they are named."""
    for files in asked.logs.values():
        yield from files
    for item in checklist.items:
        for files in item.wants.get("logs", {}).values():
            yield from files
    for host in asked.hosts:
        yield from host.settings.get("legacy", {}).get("log_files", ())


def _place(asked: Asked, name: str) -> Path:
    return asked.folder / Path(name).expanduser()
