"""Fills the cache with the real parts that this machine lacks: `python -m tests.parts build [names...]`.

A part that is there is left alone. A part appears in the cache by one rename, so an interrupted build is
never taken for whole; two builds at once wait for each other. Each build prints its state and keeps a log.
"""

import argparse
import fcntl
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.parts.commands import BuildError
from tests.parts.packages import install_packages, missing_packages
from tests.parts.part import Job, Part, cache_folder
from tests.parts.recipes import PARTS


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; 1 if a part asked for by name, or any under --require, is missing at the end."""
    options = _parser().parse_args(arguments)
    cache = cache_folder()
    if options.command == "list":
        _print_parts(PARTS, cache)
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # unwinds, which ends the running compiler too
    wanted = [part for part in PARTS if part.name in options.names or (part.default and not options.names)]
    if options.install_packages:
        install_packages(missing_packages(wanted, cache), _log_file(cache, "packages"))
    missing = {part.name for part in wanted if not ensure(part, cache)}
    demanded = {part.name for part in wanted} if options.require else set(options.names)
    return 1 if missing & demanded else 0


def ensure(part: Part, cache: Path) -> bool:
    """Have `part`, by building it if need be; return whether it is there, and print one line that says so."""
    found = part.find(cache)
    if found is not None:
        _say(part, f"present, {found}")
        return True
    lacking = [need.complaint() for need in part.needs if not need.met()]
    if lacking or part.recipe is None:
        _say(part, f"skipped, {'; '.join(lacking) or 'it comes from a package'}")
        return False
    try:
        with _locked(part, cache):
            _build(part, cache)
    except (BuildError, OSError, subprocess.SubprocessError) as error:
        _say(part, f"failed, {error}")
        return False
    return True


def _build(part: Part, cache: Path) -> None:
    """Build `part` in a scratch folder and move it into place at once; the lock is held."""
    finished = part.folder(cache) / part.file
    if finished.is_file():
        _say(part, "built by another process meanwhile")
        return
    work = cache / "work" / part.label
    job = Job(work=work, out=work / "out", log=_log_file(cache, part.label))
    _remove(work)
    job.out.mkdir(parents=True)
    _say(part, f"building, log {job.log}")
    began = time.monotonic()
    if part.recipe is not None:
        part.recipe(job)
    if not (job.out / part.file).is_file():
        raise BuildError(f"the recipe left no {part.file}; its log is {job.log}")
    _remove(part.folder(cache))
    job.out.rename(part.folder(cache))
    _remove(work)
    _say(part, f"built in {time.monotonic() - began:.0f} s, {finished}")


@contextmanager
def _locked(part: Part, cache: Path) -> Iterator[None]:
    """Let one process at a time build `part`; the kernel drops the lock of a process that dies."""
    folder = cache / "locks"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / part.label).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)


def _log_file(cache: Path, label: str) -> Path:
    folder = cache / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{label}.log"
    log.write_bytes(b"")
    return log


def _print_parts(parts: Sequence[Part], cache: Path) -> None:
    for part in parts:
        found = part.find(cache)
        if found is not None:
            _say(part, f"present, {found}")
            continue
        lacking = [need.complaint() for need in part.needs if not need.met()]
        _say(part, "; ".join(["absent, built " + ("by default" if part.default else "when named"), *lacking]))


def _say(part: Part, state: str) -> None:
    version = "" if part.version == "any" else f" {part.version}"
    print(f"{part.name}{version}: {state}", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.parts", description="Real parts for the tests.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="show which parts are here and what the others lack")
    build = commands.add_parser("build", help="build what is missing into the cache folder")
    names = ", ".join(part.name for part in PARTS)
    build.add_argument("names", nargs="*", type=_part_name, metavar="NAME", help=f"one of {names}")
    build.add_argument("--require", action="store_true", help="exit with 1 if any part is missing at the end")
    build.add_argument("--install-packages", action="store_true", help="apt-get what is lacking, as root")
    return parser


def _part_name(text: str) -> str:
    names = [part.name for part in PARTS]
    if text not in names:
        raise argparse.ArgumentTypeError(f"no part is called {text}; there are {', '.join(names)}")
    return text
