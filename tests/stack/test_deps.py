"""Which locked packages are outdated, by a real pip against an index of our own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest

from service.stack.deps import DEV_OUTDATED, RUNTIME_OUTDATED, TOOL_MISSING, pins
from service.stack.outcome import Exit, StackError
from tests.stack.command import StackCommand
from tests.stack.package_index import Index, environment, index

RELEASES = {
    "runs-fresh": ("1.0", "1.10"),  # 1.9 would be the newest to somebody who compares texts
    "runs-old": ("2.0", "2.1"),
    "dev-old": ("3.0", "3.1"),
    "dev-fresh": ("4.0",),
}


@dataclass(frozen=True)
class World:
    """An index, an environment with the locked packages installed, and the folder of the locks."""

    index: Index
    python: Path
    folder: Path

    def lock(self, name: str, *pinned: str) -> str:
        """Write a lock file."""
        file = self.folder / name
        file.write_text("".join(f"{one} \\\n    --hash=sha256:{'0' * 64}\n    # via somebody\n" for one in pinned))
        return str(file)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Give the world: installed is what is locked below, except dev-fresh, which is not installed at all."""
    folder = tmp_path_factory.mktemp("deps")
    with index(RELEASES) as where:
        python = environment(folder / "venv", where, "runs-fresh==1.10", "runs-old==2.0", "dev-old==3.0")
        yield World(where, python, folder)


@pytest.mark.parametrize(
    ("runtime", "dev", "code", "named"),
    [
        (["runs-fresh==1.10"], ["dev-fresh==4.0"], 0, []),
        (["runs-old==2.0"], ["dev-fresh==4.0"], RUNTIME_OUTDATED, ["runs-old 2.0 -> 2.1 (runtime)"]),
        (["runs-fresh==1.10"], ["dev-old==3.0", "runs-fresh==1.10"], DEV_OUTDATED, ["dev-old 3.0 -> 3.1 (dev)"]),
        (["Runs_Old==2.0"], ["dev-old==3.0"], RUNTIME_OUTDATED | DEV_OUTDATED, ["dev-old", "runs-old"]),
        # The lock is older or newer than what is installed: the lock is what is judged.
        (["runs-fresh==1.0"], ["dev-fresh==4.0"], RUNTIME_OUTDATED, ["runs-fresh 1.0 -> 1.10"]),
        (["runs-old==2.1"], ["dev-fresh==4.0"], 0, []),
        # A lock for several Pythons has several versions; one of them is the newest that this Python can have.
        (["runs-old==2.1 ; python_version < '4'", "runs-old==9.0 ; python_version >= '4'"], ["dev-fresh==4.0"], 0, []),
        # The index does not know it: its own package, or one that this Python cannot have.
        (["not-in-the-index==1.0"], ["dev-fresh==4.0"], 0, []),
    ],
)
def test_the_exit_code_is_made_of_bits(
    stack: StackCommand, world: World, *, runtime: list[str], dev: list[str], code: int, named: list[str]
) -> None:
    """1 for runtime, 2 for development, 3 for both, 0 for none; each package is a line."""
    locks = ("--lock", world.lock("run.lock", *runtime), "--dev-lock", world.lock("dev.lock", *runtime, *dev))

    done = stack("deps", *locks, "--python", str(world.python), **world.index.env())

    assert done.returncode == code, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == max(len(named), 1)
    assert all(line.startswith(part) for line, part in zip(lines, named, strict=False))


def test_development_may_be_left_out(stack: StackCommand, world: World) -> None:
    """Then its lock is not even read."""
    words = ("--lock", world.lock("run.lock", "runs-fresh==1.10"), "--dev-lock", "/no/such/lock", "--skip-dev")

    done = stack("deps", *words, "--python", str(world.python), **world.index.env())

    assert (done.returncode, done.stdout) == (0, "every locked package is the newest\n")


def test_a_python_without_pip_and_one_that_is_not_there(stack: StackCommand, world: World, tmp_path: Path) -> None:
    """Could not tell is neither fresh nor outdated."""
    bare = tmp_path / "python"
    bare.write_text("#!/bin/sh\necho 'No module named pip' >&2\nexit 1\n")
    bare.chmod(0o755)
    lock = world.lock("run.lock", "runs-fresh==1.10")

    for python, told in ((bare, "No module named pip"), (tmp_path / "none", "No such file or directory")):
        done = stack("deps", "--lock", lock, "--skip-dev", "--python", str(python), **world.index.env())

        assert done.returncode == TOOL_MISSING
        assert told in done.stdout


def test_an_index_that_hangs_costs_no_more_than_the_deadline(stack: StackCommand, world: World) -> None:
    """And is not taken for good news."""
    lock = world.lock("run.lock", "runs-old==2.0")
    with index(RELEASES, hang=Event()) as hanging:
        began = time.monotonic()
        words = ("--lock", lock, "--skip-dev", "--python", str(world.python), "--deadline", "4")
        done = stack("deps", *words, **hanging.env())

    assert done.returncode == TOOL_MISSING
    assert "longer than it was given" in done.stdout
    assert time.monotonic() - began < 12


def test_an_index_that_is_not_there_is_no_good_news(stack: StackCommand, world: World) -> None:
    """Pip itself says that all is fresh then."""
    env = {**world.index.env(), "PIP_INDEX_URL": "http://user:s3cr3t@127.0.0.1:9/simple"}

    for locked in ("runs-old==2.0", "not-installed==1.0"):
        lock = world.lock("run.lock", locked)
        done = stack("deps", "--lock", lock, "--skip-dev", "--python", str(world.python), **env)

        assert done.returncode == TOOL_MISSING, done.stdout
        assert "could not be asked for" in done.stdout
        assert "s3cr3t" not in done.stdout + done.stderr


def test_a_lock_that_pins_nothing_is_a_mistake(stack: StackCommand, tmp_path: Path) -> None:
    """It would always be fresh."""
    (tmp_path / "loose.txt").write_text("httpx>=0.27\n")

    done = stack("deps", "--lock", str(tmp_path / "loose.txt"), "--skip-dev")

    assert done.returncode == Exit.USAGE
    assert "pins no package" in done.stderr


def test_the_projects_own_locks_are_read() -> None:
    """Markers, hashes and extras do not get in the way."""
    root = Path(__file__).parents[2]

    run, dev = pins(root / "requirements" / "run.lock"), pins(root / "requirements" / "dev.lock")

    assert "fastapi" in run
    assert set(run) < set(dev)
    with pytest.raises(StackError, match="cannot be read"):
        pins(root / "requirements" / "none.lock")
