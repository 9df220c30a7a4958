"""Files of this machine as a probe saw them: the content of one, the digests of many."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from opscheck.model.evidence import Evidence, excerpt
from opscheck.model.page import Digests
from opscheck.model.request import Phases

_MOST_ROWS: Final = 60


@dataclass(frozen=True, slots=True)
class LocalFile:
    """The content of a file; where it could not be read, `problem` says why in a few words."""

    path: str
    content: bytes
    at: datetime
    problem: str = ""
    phases: Phases = Phases()
    attempts: int = 1

    def evidence(self) -> Evidence:
        """Its size and its start."""
        summary = self.problem or f"{len(self.content)} bytes"
        details = {"excerpt": excerpt(self.content)}
        return Evidence("file", self.path, self.at, summary, self.phases, self.attempts, details)


@dataclass(frozen=True, slots=True)
class FileDigest:
    """A file below a folder, by its name there: its digests, or why there are none."""

    name: str
    digests: Digests = field(default_factory=dict)
    size: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FolderDigests:
    """The digests of files below one folder."""

    root: str
    files: tuple[FileDigest, ...]
    at: datetime
    phases: Phases = Phases()
    attempts: int = 1

    def evidence(self) -> Evidence:
        """How many, and the first of them."""
        rows = [
            [
                one.name[:200],
                one.problem or f"{one.size} bytes",
                *(f"{key} {value.hex()[:16]}" for key, value in one.digests.items()),
            ]
            for one in self.files[:_MOST_ROWS]
        ]
        summary = f"{len(self.files)} files, {sum(one.size for one in self.files)} bytes"
        return Evidence("files", self.root, self.at, summary, self.phases, self.attempts, {"files": rows})
