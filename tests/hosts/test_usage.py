"""Kept containers that a run is using are not taken away by another one, whatever goes wrong there."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from opscheck.hosts import keeper
from opscheck.hosts.usage import forget, in_use, use

ROOT = Path(__file__).parents[2]


@pytest.fixture
def set_id() -> Iterator[str]:
    """The id of a set that nobody else has."""
    name = secrets.token_hex(6)
    yield name
    forget(name)


def test_it_is_in_use_as_long_as_somebody_has_it(set_id: str) -> None:
    """By one, by two, by none."""
    assert not in_use(set_id)
    one, other = use(set_id), use(set_id)
    assert in_use(set_id)
    one.close()
    assert in_use(set_id)
    other.close()
    assert not in_use(set_id)


def test_processes_with_folders_of_their_own_meet(set_id: str, tmp_path: Path) -> None:
    """A CI job has a TMPDIR of its own, and asks about the same containers."""
    code = f"from opscheck.hosts.usage import in_use; print(in_use({set_id!r}))"
    words = [sys.executable, "-c", code]
    environ = {**os.environ, "TMPDIR": str(tmp_path)}

    with use(set_id):
        told = subprocess.run(words, cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stdout
    later = subprocess.run(words, cwd=ROOT, env=environ, capture_output=True, text=True, check=True).stdout

    assert (told.strip(), later.strip()) == ("True", "False")


class Standin:
    """Stands in for containers: those that run are well, and the engine breaks when their log is to be followed."""

    removed: list[str]

    def __init__(self, client: object, parts: object, set_id: str = "") -> None:  # noqa: ARG002 - as it is called
        self.set_id = set_id or "new"

    def start(self, labels: object) -> None:
        """They run."""

    def wait(self, deadline: float = 0.0) -> dict[str, str]:  # noqa: ARG002 - as it is called
        """They are ready."""
        return {"agent": "http://127.0.0.1:1"}

    def follow(self, part: str, file: Path) -> None:  # noqa: ARG002 - as it is called
        """The engine breaks."""
        raise RuntimeError("read timed out")

    def logs(self) -> Iterator[str]:
        """None."""
        yield from ()

    def remove(self) -> None:
        """They go."""
        Standin.removed.append(self.set_id)


@pytest.mark.parametrize("reused", [True, False])
def test_only_what_a_run_started_goes_with_it(
    set_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, reused: bool
) -> None:
    """A run that breaks off: the kept set that it found stays, what it started itself goes."""
    Standin.removed = []
    before = signal.getsignal(signal.SIGTERM)
    nothing: dict[str, Any] = {
        "Reaping": lambda *_, **__: None,
        "client_of": lambda _: None,
        "sweep": lambda _: 0,
        "parts_of": lambda *_: (),
        "have_images": lambda *_: {},
        "fingerprint": lambda *_: "same",
        "kept_sets": lambda *_: {set_id: "same"} if reused else {},
        "Fleet": Standin,
    }
    for name, instead in nothing.items():
        monkeypatch.setattr(keeper, name, instead)

    try:
        asked = {"engine": "", "keep": True, "images": {}, "model": "", "place": str(tmp_path), "run": os.getpid()}
        keeper.Keeper(tmp_path, asked).run()
    finally:
        signal.signal(signal.SIGTERM, before)

    assert "read timed out" in (tmp_path / keeper.STATE).read_text()
    assert Standin.removed == ([] if reused else ["new"])
    forget("new")
