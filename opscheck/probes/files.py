"""Files of this machine as observations: the content of one, and the digests of many."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from opscheck.local_files import digest_all, read_file
from opscheck.model import Phases
from opscheck.model.files import FolderDigests, LocalFile


async def file(path: str | Path) -> LocalFile:
    """The content of a file; where it cannot be had, the observation says why."""
    return await asyncio.to_thread(read_file, path)


async def folder(root: str | Path, wanted: Sequence[tuple[str, Iterable[str]]]) -> FolderDigests:
    """The digests of files below a folder, each by the algorithms that are wanted of it."""
    at, begun = datetime.now(UTC), time.perf_counter()
    files = await asyncio.to_thread(digest_all, root, wanted)
    return FolderDigests(str(root), tuple(files), at, Phases(total=time.perf_counter() - begun))
