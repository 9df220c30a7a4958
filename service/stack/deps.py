"""Which locked packages the index has newer releases of, by pip itself and within a time."""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .outcome import Exit, StackError
from .programs import Done, ProgramSlow, run

RUNTIME_OUTDATED = 1
DEV_OUTDATED = 2
TOOL_MISSING = 4

_AT_ONCE = 4
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)")
_NOT_FETCHED = re.compile(r"Could not fetch URL (\S+): (.*) - skipping")
_VERSIONS = re.compile(r"^Available versions: ([^,\s]+)", re.MULTILINE)


class ToolMissing(Exception):
    """Pip is not there, does not know what it is asked, or did not end in time."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """A package that is locked behind the newest release that the index offers to this Python."""

    name: str
    locked: str
    latest: str
    dev: bool


class Pip:
    """The pip of a Python, with a deadline for all that it is asked."""

    def __init__(self, python: str, env: Mapping[str, str], deadline_s: float) -> None:
        self._python = python
        self._env = env
        self._ends = time.monotonic() + deadline_s

    def outdated_here(self) -> tuple[dict[str, str], dict[str, str]]:
        """Give what is installed, and the latest release of what is not the latest."""
        installed = self._json("list", "--format", "json")
        behind = self._json("list", "--outdated", "--format", "json")
        return (
            {normal(one["name"]): one["version"] for one in installed},
            {normal(one["name"]): one["latest_version"] for one in behind},
        )

    def latest(self, name: str) -> str:
        """Give the latest release of a package, installed or not; nothing when the index has none for this Python."""
        done = self._run("index", "versions", name)
        found = _VERSIONS.search(done.out)
        if found is not None:
            return found[1]
        if "No matching distribution" in done.err:
            return ""
        raise ToolMissing(f"pip index versions {name}: {done.last_words(1)}")

    def _json(self, *words: str) -> list[dict[str, str]]:
        done = self._run(*words)
        try:
            found = json.loads(done.out) if done.code == 0 else None
        except ValueError:
            found = None
        if not isinstance(found, list):
            raise ToolMissing(f"pip {' '.join(words)}: {done.last_words(1)}")
        return found

    def _run(self, *words: str) -> Done:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise ToolMissing("pip took longer than it was given")
        with tempfile.TemporaryDirectory(prefix="deps-") as folder:
            log = Path(folder) / "pip.log"
            more = ("--disable-pip-version-check", "--no-color", "--log", str(log))
            try:
                done = run([self._python, "-m", "pip", *words, *more], env=self._env, deadline_s=left)
            except ProgramSlow:
                raise ToolMissing("pip took longer than it was given") from None
            except StackError as error:
                raise ToolMissing(str(error)) from None
            _require_answers(log)
        return done


def _require_answers(log: Path) -> None:
    """Raise when the index could not be asked for something.

    Pip passes over that in silence and calls fresh what it knows nothing of; only its log tells.
    """
    told = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    for where, reason in _NOT_FETCHED.findall(told):
        if not reason.startswith("404"):
            raise ToolMissing(f"the index could not be asked for {where.rstrip('/').rsplit('/', 1)[-1]}")


def find_outdated(runtime: Path, dev: Path | None, pip: Pip) -> list[Outdated]:
    """Compare the locks with the index. What only the dev lock has is for development.

    Where the environment has exactly what is locked, one question of pip answers for all packages; the others are
    asked for by name.

    Raises:
        ToolMissing: pip could not tell.
    """
    needed = pins(runtime)
    extra = {name: pin for name, pin in (pins(dev) if dev is not None else {}).items() if name not in needed}
    installed, behind = pip.outdated_here()
    locked = {**needed, **extra}
    known = {name: behind.get(name, installed[name]) for name in locked if installed.get(name) in locked[name]}
    unknown = [name for name in locked if name not in known]
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        known.update(zip(unknown, threads.map(pip.latest, unknown), strict=True))
    return [
        Outdated(name, _chosen(versions, installed.get(name)), known[name], dev=name in extra)
        for name, versions in sorted(locked.items())
        if known[name] not in ("", *versions)
    ]


def _chosen(versions: Sequence[str], installed: str | None) -> str:
    """Give the one of several locked versions that this Python has."""
    return installed if installed is not None and installed in versions else versions[-1]


def pins(lock: Path) -> dict[str, tuple[str, ...]]:
    """Read the packages of a lock file and their versions; there are several where Pythons differ.

    Raises:
        StackError: it cannot be read, or pins nothing.
    """
    try:
        lines = lock.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise StackError(f"{lock} cannot be read: {error}", Exit.USAGE) from None
    found: dict[str, tuple[str, ...]] = {}
    for match in filter(None, map(_PIN.match, lines)):
        found[normal(match[1])] = (*found.get(normal(match[1]), ()), match[2])
    if not found:
        raise StackError(f"{lock} pins no package with ==", Exit.USAGE)
    return found


def normal(name: str) -> str:
    """Write a package's name in its one form."""
    return re.sub(r"[-_.]+", "-", name).lower()


def exit_bits(outdated: Iterable[Outdated]) -> int:
    """Give the exit code: bits, so that a script can ask for each."""
    code = 0
    for one in outdated:
        code |= DEV_OUTDATED if one.dev else RUNTIME_OUTDATED
    return code


def outdated_packages(options: argparse.Namespace, env: Mapping[str, str]) -> tuple[int, list[str]]:
    """Look, and give the exit code and the lines that tell of it."""
    pip = Pip(options.python or sys.executable, env, options.deadline)
    dev = None if options.skip_dev else options.dev_lock
    try:
        outdated = find_outdated(options.lock, dev, pip)
    except ToolMissing as error:
        return TOOL_MISSING, [f"could not tell: {error}"]
    lines = [f"{one.name} {one.locked} -> {one.latest} ({'dev' if one.dev else 'runtime'})" for one in outdated]
    return exit_bits(outdated), lines or ["every locked package is the newest"]
