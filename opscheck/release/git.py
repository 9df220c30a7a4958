"""What git knows: which commit is to be released, what a range of commits changes, how far a build is behind."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from opscheck.errors import UserError
from opscheck.release.processes import Programs

_DEADLINE: Final = timedelta(seconds=60)
_MOST: Final = 32 * 1024 * 1024  # bytes of names of files
_ENV: Final = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
_SHA: Final = re.compile(r"[0-9a-fA-F]{7,64}")


class NoGit(UserError):
    """Git cannot tell; the message says why, in one line."""


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit and when it was made."""

    sha: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a build stands against the commit that is to be released.

    Attributes:
        commit: of the build; None where the repository has no such commit.
        behind, ahead: commits that the one has and the other has not.
        shallow: the repository holds only a part of its history.
    """

    head: Commit
    commit: Commit | None
    behind: int = 0
    ahead: int = 0
    shallow: bool = False


class Git:
    """One repository."""

    def __init__(self, programs: Programs) -> None:
        self._programs = programs

    @property
    def folder(self) -> Path:
        """Where it is asked."""
        return self._programs.folder

    def _ask(self, *words: str) -> str:
        done = self._programs.run(
            ["git", "--no-pager", "-c", "core.quotepath=off", *words],
            deadline=_DEADLINE,
            env=_ENV,
            kept=_MOST,
            errors=True,
        )
        if done.problem or done.code != 0 or done.cut:
            told = done.problem or " ".join(done.last_lines(1))[:200] or f"git ended with {done.code}"
            raise NoGit(f"git {words[0]}: {told}")
        return done.output

    def commit(self, name: str = "HEAD") -> Commit:
        """A commit by its name.

        Raises:
            NoGit: there is none, or no repository.
        """
        if name.startswith("-"):
            raise NoGit(f"{name!r} is no commit")
        sha, _, at = self._ask("log", "-1", "--format=%H %cI", "--end-of-options", name, "--").strip().partition(" ")
        return Commit(sha, datetime.fromisoformat(at).astimezone(UTC))

    def why_no_commit(self) -> str:
        """Why HEAD names no commit, in one sentence."""
        try:
            self._ask("rev-parse", "--git-dir")
        except NoGit as error:
            absent = str(error).endswith("is not installed")
            return "git is not installed" if absent else "this folder is no git repository"
        return "this git repository has no commit yet"

    def last_tag(self) -> str:
        """The nearest tag before HEAD; empty where there is none."""
        try:
            return self._ask("describe", "--tags", "--abbrev=0", "HEAD^").strip()
        except NoGit:
            return ""

    def differing(self) -> tuple[list[Path], list[Path]]:
        """The files that differ from HEAD, staged or not: those that git knows, and new ones that it does not ignore.

        Raises:
            NoGit: there is no repository, or there are more than anybody can list.
        """
        top = Path(self._ask("rev-parse", "--show-toplevel").removesuffix("\n"))
        told = self._ask("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all")
        rows = [(row[:2], top / row[3:]) for row in told.split("\0")[:-1]]
        return [path for how, path in rows if how != "??"], [path for how, path in rows if how == "??"]

    def changed(self, range_: str) -> dict[str, str]:
        """What a range such as `v1..HEAD` changes, since its two ends parted: path to `A`, `M`, `D` or the like.

        Raises:
            NoGit: the range cannot be used.
        """
        if range_.startswith("-") or ".." not in range_:
            raise NoGit(f"{range_!r} is no range such as v1..HEAD")
        first, _, last = range_.replace("...", "..").partition("..")
        told = self._ask(
            "diff",
            "--name-status",
            "--no-renames",
            "-z",
            "--end-of-options",
            f"{first or 'HEAD'}...{last or 'HEAD'}",
            "--",
        )
        words = told.split("\0")[:-1]
        return {path: how[:1] for how, path in zip(words[::2], words[1::2], strict=True)}

    def standing(self, sha: str) -> Standing:
        """Where the commit of a build stands against HEAD.

        Raises:
            NoGit: there is no repository, or what the build says is no commit's name.
        """
        if not _SHA.fullmatch(sha):
            raise NoGit(f"{sha[:60]!r} is no commit's name")
        head = self.commit()
        try:
            commit = self.commit(sha)
        except NoGit:
            shallow = self._ask("rev-parse", "--is-shallow-repository").strip() == "true"
            return Standing(head, None, shallow=shallow)
        told = self._ask("rev-list", "--left-right", "--count", f"{commit.sha}...{head.sha}").split()
        return Standing(head, commit, behind=int(told[1]), ahead=int(told[0]))
