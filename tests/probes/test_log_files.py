"""Lines of log files are found by a mark, whatever the files are."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from opscheck.model.logs import FoundLines
from opscheck.probes.log_files import log_lines


def find(*logs: str | Path, mark: str = "mark-1") -> FoundLines:
    """What is found of a mark."""
    return asyncio.run(log_lines([str(log) for log in logs], [mark]))


def test_lines_with_a_mark_are_found(tmp_path: Path) -> None:
    """In several files, by a pattern, and nothing else of them."""
    (tmp_path / "a.log").write_text("one mark-1\nmark-2\n")
    (tmp_path / "b.log").write_text("no end mark-1")

    seen = find(tmp_path / "*.log")

    assert set(seen.lines) == {"one mark-1", "no end mark-1"}
    assert seen.problem == ""
    assert "2 lines" in seen.evidence().summary


def test_a_log_without_the_mark_is_no_problem(tmp_path: Path) -> None:
    """It was read, and has no such line; so was an empty one."""
    (tmp_path / "a.log").write_bytes(b"\xff\xfe\x00 nothing\n")
    (tmp_path / "b.log").touch()

    assert (find(tmp_path / "a.log").lines, find(tmp_path / "a.log").problem) == ((), "")
    assert find(tmp_path / "b.log").problem == ""


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    """No file, a folder, a pipe that nobody writes to, a name that is none: nothing is waited for."""
    os.mkfifo(tmp_path / "pipe")

    assert "no such file" in find(tmp_path / "gone.log").problem
    assert "gone*.log: no such file" in find(tmp_path / "gone*.log").problem
    for odd in (tmp_path, tmp_path / "pipe", "a\0b"):
        assert find(odd).problem


def test_one_that_is_gone_does_not_hide_the_others(tmp_path: Path) -> None:
    """What could be read counts, and what could not is told."""
    (tmp_path / "a.log").write_text("mark-1\n")

    seen = find(tmp_path / "a.log", tmp_path / "gone.log")

    assert seen.lines == ("mark-1",)
    assert seen.problem == ""
    assert "gone.log" in seen.searched


def test_the_end_of_a_large_log_is_searched(tmp_path: Path) -> None:
    """What was just written stands at the end; a line without an end is cut."""
    log = tmp_path / "large.log"
    with log.open("wb") as file:
        file.write(b"mark-1 long ago\n")
        file.write((b"x" * 1023 + b"\n") * 9 * 1024)
        file.write(b"mark-1 now " + b"y" * 100_000)

    (line,) = find(log).lines

    assert line.startswith("mark-1 now")
    assert len(line) <= 4000
