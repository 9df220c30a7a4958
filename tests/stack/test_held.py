"""The writer stands still for the copy and not a moment longer, whatever the other end does."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.stack.backup import held
from service.stack.backup.held import run_holding
from service.stack.outcome import StackError
from tests.stack.command import ROOT

HELPER = """
import sys
from service.stack.backup.held import writer_stands_still
sys.stderr.write("before\\n")
with writer_stands_still():
    sys.stdout.write("copied while held")
    {inside}
sys.stderr.write("after\\n")
"""


class Hold:
    """Notes when the writer was held and when it was let go."""

    def __init__(self) -> None:
        self.events: list[str] = []

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Hold the writer for the length of the block."""
        self.events.append("held")
        try:
            yield
        finally:
            self.events.append("let go")


def helper(inside: str = "pass") -> list[str]:
    """Give the command of the end next to the state, which does something while the writer is held."""
    return [sys.executable, "-c", HELPER.format(inside=inside)]


def env() -> dict[str, str]:
    """Give an environment in which the helper finds the service."""
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def test_it_is_held_for_the_copy(tmp_path: Path) -> None:
    """Asked for, held, copied, let go; the rest goes on without."""
    hold = Hold()
    with (tmp_path / "out").open("wb") as out:
        done = run_holding(helper(), env(), out, hold())

    assert done.code == 0
    assert hold.events == ["held", "let go"]
    assert done.err.splitlines() == ["before", "after"]
    assert (tmp_path / "out").read_text() == "copied while held"


def test_a_helper_that_dies_while_it_is_held(tmp_path: Path) -> None:
    """Let go at once, and the failure is told."""
    hold = Hold()
    with (tmp_path / "out").open("wb") as out:
        done = run_holding(helper("import os; os._exit(9)"), env(), out, hold())

    assert done.code == 9
    assert hold.events == ["held", "let go"]


def test_a_helper_that_hangs_while_it_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let go after the longest time that a writer is made to wait."""
    monkeypatch.setattr(held, "_STILL_S", 1.0)
    hold = Hold()
    began = time.monotonic()
    with (tmp_path / "out").open("wb") as out, pytest.raises(StackError, match="did not get on within 1 s"):
        run_holding(helper("import time; time.sleep(60)"), env(), out, hold())

    assert hold.events == ["held", "let go"]
    assert time.monotonic() - began < 15


def test_a_helper_that_never_asks(tmp_path: Path) -> None:
    """Nothing is held for one that fails before."""
    hold = Hold()
    with (tmp_path / "out").open("wb") as out:
        done = run_holding([sys.executable, "-c", "raise SystemExit('no')"], env(), out, hold())

    assert (done.code, hold.events) == (1, [])
    assert done.last_words() == "no"


def test_nobody_at_the_other_end(tmp_path: Path) -> None:
    """The copy is not taken when nobody has said that the writer stands still."""
    import subprocess  # noqa: PLC0415 - this test alone

    done = subprocess.run(
        helper(), env=env(), cwd=tmp_path, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert "nobody has held the writer" in done.stderr
    assert done.stdout == ""
