"""Other programs end in time, with all they started."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from service.stack.outcome import StackError
from service.stack.programs import Done, ProgramSlow, run
from tests.parts.process import group_members


def test_it_gives_code_output_and_complaint() -> None:
    """And the environment is the one that was given, and no other."""
    code = "import os, sys; print(os.environ['ONE']); sys.stderr.write('no\\n'); sys.exit(3)"

    done = run([sys.executable, "-c", code], env={"ONE": "1"})

    assert done == Done(3, "1\n", "no\n")
    assert done.last_words() == "no"


def test_one_that_is_too_slow_is_ended_with_its_children(tmp_path: Path) -> None:
    """Nothing goes on behind the operator's back."""
    note = tmp_path / "pid"
    code = (
        "import os, subprocess, sys, time\n"
        f"open({str(note)!r}, 'w').write(str(os.getpid()))\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)']); time.sleep(60)"
    )

    began = time.monotonic()
    with pytest.raises(ProgramSlow, match="did not end within 1 s"):
        run([sys.executable, "-c", code], deadline_s=1.0)

    assert time.monotonic() - began < 8
    group = int(note.read_text())
    ends = time.monotonic() + 5
    while group_members(group) and time.monotonic() < ends:
        time.sleep(0.05)
    assert group_members(group) == []


def test_one_that_is_not_there_is_one_line() -> None:
    """Not a traceback."""
    with pytest.raises(StackError, match="no-such-program cannot be started: No such file or directory"):
        run([f"{os.sep}no-such-program"])


def test_silence_is_told_as_such() -> None:
    """A program that failed without a word."""
    assert Done(7, "", "").last_words() == "exit code 7 and not a word"
