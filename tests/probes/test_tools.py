"""Programs that judge files: run with words alone, bounded in time and output, and ended."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from opscheck.local_files import named_files
from opscheck.model import Kind, Unmeasured
from opscheck.model.tools import ToolRun
from opscheck.probes.limits import Caps
from opscheck.probes.tools import run_tool
from tests.parts.find import require_tool

QUICK = Caps(timeout=10)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the file of a program called `judge` that is on PATH."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    path = tmp_path / "judge"
    path.touch(mode=0o755)
    return path


def run(name: str, *words: str, caps: Caps = QUICK) -> ToolRun | Unmeasured:
    """One run."""
    return asyncio.run(run_tool(name, *words, caps=caps))


def test_a_program_is_run_with_words_alone(program: Path) -> None:
    """No shell sees them; code and both streams are told."""
    program.write_text('#!/bin/sh\necho "$@"; echo oh >&2; exit 3\n')

    seen = run("judge", "check", "a b; $(echo c)")

    assert isinstance(seen, ToolRun)
    assert (seen.code, seen.lines) == (3, ["check a b; $(echo c)", "oh"])
    assert seen.evidence().details["command"] == ["judge", "check", "a b; $(echo c)"]


def test_a_program_that_is_not_there_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither an error nor a failure."""
    monkeypatch.setenv("PATH", str(tmp_path))

    seen = run("promtool", "check", "rules", "r.yml")

    assert isinstance(seen, Unmeasured)
    assert (seen.kind, seen.detail) == (Kind.TOOL_MISSING, "promtool is not installed")
    assert "PATH" in seen.remedy


def test_a_program_that_does_not_end_is_ended(program: Path, tmp_path: Path) -> None:
    """With what it started, within the deadline."""
    program.write_text(f"#!/bin/sh\nsleep 60 & echo $! > {tmp_path}/child; wait\n")
    began = time.monotonic()

    seen = run("judge", caps=Caps(timeout=1))

    assert isinstance(seen, Unmeasured)
    assert seen.kind is Kind.TIMEOUT
    assert time.monotonic() - began < 20
    child = int((tmp_path / "child").read_text())
    assert not _runs(child)


def test_a_program_that_writes_much_is_read_to_its_end(program: Path) -> None:
    """It can end, and what is kept is bounded."""
    program.write_text("#!/bin/sh\nhead -c 3000000 /dev/zero | tr '\\0' x\n")

    seen = run("judge")

    assert isinstance(seen, ToolRun)
    assert seen.code == 0
    assert 0 < len(seen.output) <= 16_000


def test_promtool_is_run(tmp_path: Path) -> None:
    """The real one, on a rule file that is none."""
    require_tool("promtool")
    (tmp_path / "r.yml").write_text("groups: [{name: a, rules: [{alert: X, expr: 'rate(a[5m)'}]}]")

    seen = run("promtool", "check", "rules", str(tmp_path / "r.yml"))

    assert isinstance(seen, ToolRun)
    assert seen.code == 1
    assert "could not parse expression" in seen.output


def _runs(pid: int) -> bool:
    """It runs; a process that has ended and was not waited for does not."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state == "Z":
            return False
        time.sleep(0.05)
    return True


def test_names_and_patterns_mean_files(tmp_path: Path) -> None:
    """A pattern its files in order, each once; what means none stays, so that somebody is told of it."""
    for name in ("b.yml", "a.yml", "c.txt"):
        (tmp_path / name).touch()
    pattern, gone = str(tmp_path / "*.yml"), str(tmp_path / "gone" / "*.yml")

    found = named_files([pattern, str(tmp_path / "a.yml"), gone, "nobody.yml"])

    assert found == [str(tmp_path / "a.yml"), str(tmp_path / "b.yml"), gone, "nobody.yml"]
