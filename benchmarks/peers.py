"""Everything that can ask for the same pages, each as a whole process."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import suites
from benchmarks.suites import Work
from benchmarks.timing import Run, Variant, run
from tests.parts.find import find_tool

_PYTEST: Final = (sys.executable, "-m", "pytest", "-q")
_WITHOUT: Final = ("-p", "no:opscheck")


class Peers:
    """Writes what each of them needs into a folder, and starts it."""

    def __init__(self, folder: Path, work: Work, in_flight: int) -> None:
        self._folder = folder
        self._work = work
        self._in_flight = in_flight

    def opscheck(self, *options: str) -> Variant:
        """Our plugin, all evidence kept."""
        suite = self._suite("ours", lambda folder: suites.ours(folder, self._work, self._in_flight))
        command = (*_PYTEST, "--ops-concurrency", str(self._in_flight), *options)
        return partial(run, command, cwd=suite, expect=f"{self._work.count} passed")

    def sketch(self) -> Variant:
        """The least that works the same way."""
        suite = self._suite("sketch", lambda folder: suites.sketch(folder, self._work))
        environ = {"IN_FLIGHT": str(self._in_flight)}
        return partial(run, (*_PYTEST, *_WITHOUT), cwd=suite, environ=environ, expect=f"{self._work.count} passed")

    def sequential(self) -> Variant:
        """A test and an httpx client, one by one."""
        suite = self._suite("sequential", lambda folder: suites.sequential(folder, self._work))
        return partial(run, (*_PYTEST, *_WITHOUT), cwd=suite, expect=f"{self._work.count} passed")

    def empty(self) -> Variant:
        """Only pytest."""
        suite = self._suite("empty", lambda folder: suites.empty(folder, self._work.count))
        return partial(run, (*_PYTEST, *_WITHOUT), cwd=suite, expect=f"{self._work.count} passed")

    def client(self, name: str) -> Variant:
        """A bare HTTP client."""
        numbers = (self._work.count, self._in_flight, self._work.hosts, self._work.port)
        command = (sys.executable, "-m", "benchmarks.clients", name, *map(str, numbers))
        return partial(run, command, expect=f'"asked": {self._work.count},')

    def goss(self) -> Variant | None:
        """goss, where there is one."""
        program = find_tool("goss")
        if program is None:
            return None
        wanted = {"http": {url: {"status": 200, "timeout": 20_000} for url in self._work.urls()}}
        file = self._folder / "goss.json"
        file.write_text(json.dumps(wanted))
        many = str(self._in_flight)
        command = (program, "-g", file, "validate", "-f", "json", "--max-concurrent", many)
        return partial(run, command, expect='"failed-count":0')

    def hurl(self) -> Variant | None:
        """Hurl, where there is one: a file for each page, for it runs files side by side."""
        program = find_tool("hurl")
        if program is None:
            return None
        folder = self._folder / "hurl"
        folder.mkdir(exist_ok=True)
        files = []
        for number, url in enumerate(self._work.urls()):
            files.append(folder / f"{number}.hurl")
            files[-1].write_text(f"GET {url}\nHTTP 200\n")
        command: list[str | Path] = [program, "--test", "--parallel", "--jobs", str(self._in_flight), *files]
        return partial(run, command, expect=f"Succeeded files:   {self._work.count} (100.0%)")

    def _suite(self, name: str, write: Callable[[Path], Path]) -> Path:
        folder = self._folder / name
        return folder if folder.is_dir() else write(folder)


def asking(taken: Run) -> tuple[float, float]:
    """Wall and processor seconds of the asking alone, as a bare client printed them."""
    told = json.loads(taken.output.splitlines()[-1])
    return told["wall"], told["cpu"]
