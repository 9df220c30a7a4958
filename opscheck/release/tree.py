"""What of the working tree is not in HEAD: what is run here speaks for the commit only where nothing differs."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from opscheck.release.git import Commit, Git, NoGit
from opscheck.report.visible import visible

SETTLE: Final = "commit or stash it, or let .gitignore name it"
_SHOWN: Final = 2  # files that are named
_HEAD: Final = 1000  # bytes of a file that show whether it is a report
_REPORT: Final = re.compile(rb'\{\s*"schema": "opscheck\.|# opscheck: |<!doctype html>.*?content="opscheck ', re.DOTALL)
_FORMS: Final = (".html", ".json", ".md")


class Tree:
    """The working tree, as it was when the checklist began and as it is.

    A new file counts as much as a changed one: a module that nobody has added is green here and missing in the commit.
    What git ignores does not, nor do reports of opscheck, nor caches of bytecode, from which nothing is imported
    without its source.

    Args:
        git, head: None where there is no commit; nothing differs then.
        written: by the release itself; no difference, whether git knows them or not.
        read: handed to the release; no difference where git does not know them.

    Attributes:
        problem: why nobody can tell what differs; empty where git could.
    """

    def __init__(
        self,
        git: Git | None = None,
        head: Commit | None = None,
        written: Iterable[Path] = (),
        read: Iterable[Path] = (),
    ) -> None:
        self._git, self._head = git, head
        self._written = {path.resolve() for path in written}
        self._own = self._written | {path.resolve() for path in read}
        self.problem = ""
        self._before: list[Path] = []
        try:
            known, new = git.differing() if git is not None else ([], [])
        except NoGit as error:
            self.problem = f"whether the working tree differs from HEAD is not known: {visible(error, 160)}"
        else:
            self._before = [*self._changed(known), *(path for path in new if self._counts(path))]

    def _changed(self, known: Iterable[Path]) -> list[Path]:
        return [path for path in known if path.resolve() not in self._written]

    def _counts(self, new: Path) -> bool:
        return not ("__pycache__" in new.parts or new.resolve() in self._own or _is_report(new))

    def holds(self, path: Path) -> bool:
        """This file differed from HEAD when the checklist began."""
        return path.resolve() in {one.resolve() for one in self._before}

    def before(self) -> str:
        """What differed when the checklist began, in one clause; empty where nothing did."""
        return self.problem or self._differs(self._before)

    def since(self) -> str:
        """What has changed meanwhile: HEAD, or a file that git knows; empty where nothing has.

        What is new by now was written by what ran here.
        """
        if self._git is None or self._head is None:
            return ""
        try:
            sha, (known, _) = self._git.commit().sha, self._git.differing()
        except NoGit as error:
            return f"whether the working tree has changed is not known: {visible(error, 160)}"
        if sha != self._head.sha:
            return f"HEAD went from {self._head.sha[:12]} to {sha[:12]} while it ran"
        changed = self._differs(self._changed(known))
        return f"by its end {changed}" if changed else ""

    def _differs(self, paths: Sequence[Path]) -> str:
        if self._git is None or not paths:
            return ""
        folder = self._git.folder.resolve()
        names = ", ".join(visible(os.path.relpath(path, folder), 80) for path in paths[:_SHOWN])
        more = f" and {len(paths) - _SHOWN} more" if len(paths) > _SHOWN else ""
        return f"the working tree differs from HEAD ({names}{more})"


def _is_report(path: Path) -> bool:
    """By its beginning: an earlier one may have any name."""
    if path.suffix not in _FORMS or not path.is_file():
        return False
    try:
        with path.open("rb") as file:
            return _REPORT.match(file.read(_HEAD)) is not None
    except OSError:
        return False
