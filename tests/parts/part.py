"""What a real part is: its name and version, what building it needs, and where the cache keeps it."""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SYSTEM_FOLDERS = ("/usr/local/sbin", "/usr/sbin", "/sbin")


@dataclass(frozen=True)
class Need:
    """One thing a part needs on this machine: `met()` tells whether it is there, `remedy` how to get it.

    `packages` are the Debian packages that bring it; empty where Debian's are too old to do.
    """

    what: str
    met: Callable[[], bool]
    packages: tuple[str, ...] = ()
    remedy: str = ""

    def complaint(self) -> str:
        """Say in one line what is missing and the command that brings it."""
        remedy = self.remedy or f"apt-get install {' '.join(self.packages)}"
        return f"{self.what} is missing: {remedy}"


@dataclass(frozen=True)
class Job:
    """What a recipe is given: scratch in `work`, a `log` to append to, and `out`, which becomes the part.

    `work` is the same path in every build, so that compilers find their own caches again.
    """

    work: Path
    out: Path
    log: Path


@dataclass(frozen=True)
class Part:
    """A program or file the tests use.

    `recipe` leaves `file` in its job's `out` folder; a part without a recipe is a Debian package.
    `default` parts are built when none is named. `installed` finds the part on this machine where looking for
    `file` on PATH would miss it, or find something else of that name.
    """

    name: str
    version: str
    file: str
    needs: tuple[Need, ...] = ()
    recipe: Callable[[Job], None] | None = None
    default: bool = True
    installed: Callable[[], Path | None] | None = None

    @property
    def label(self) -> str:
        """Name and version, as folders and messages have it."""
        return f"{self.name}-{self.version}"

    def folder(self, cache: Path) -> Path:
        """Where the cache keeps the finished part; a new version has a new folder."""
        return cache / self.label

    def find(self, cache: Path) -> Path | None:
        """Return the part's file as this machine has it (programs only), else in the cache, else None."""
        on_machine = which(self.file) if self.installed is None else self.installed()
        if on_machine is not None:
            return on_machine
        cached = self.folder(cache) / self.file
        return cached if cached.is_file() else None


def cache_folder() -> Path:
    """Where built parts live: `$OPSCHECK_REALPARTS`, else under the user's cache folder."""
    named = os.environ.get("OPSCHECK_REALPARTS")
    if named:
        return Path(named).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base).absolute() / "opscheck" / "realparts"


def which(program: str) -> Path | None:
    """Find a program on PATH or in the folders of system programs, which a user's PATH often lacks."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), *SYSTEM_FOLDERS]
    found = shutil.which(program, path=os.pathsep.join(filter(None, folders)))
    return Path(found).absolute() if found else None
