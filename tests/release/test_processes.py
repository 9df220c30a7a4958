"""Programs run for a checklist: bounded in time and output, without a shell, leaving nothing behind."""

from __future__ import annotations

import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest

from opscheck.processes import alive
from opscheck.release.processes import Programs, Ran

MINUTE = timedelta(minutes=1)


def python(folder: Path, code: str, deadline: timedelta = MINUTE, **more: int) -> Ran:
    """Run a piece of Python."""
    return Programs(folder).run([sys.executable, "-c", code], deadline=deadline, **more)  # type: ignore[arg-type] # kept


def test_code_and_output(tmp_path: Path) -> None:
    """Both outputs in order, the exit code, and the folder that it runs in."""
    done = python(tmp_path, "import os,sys; print(os.getcwd()); print('bad', file=sys.stderr); sys.exit(3)")

    assert (done.code, done.problem) == (3, "")
    assert sorted(done.last_lines(5)) == sorted([str(tmp_path), "bad"])


def test_no_shell_reads_the_words(tmp_path: Path) -> None:
    """What a shell would expand comes as it is."""
    done = Programs(tmp_path).run(
        [sys.executable, "-c", "import sys; print(sys.argv[1:])", "$HOME; touch x", "*"], deadline=MINUTE
    )

    assert done.last_lines(1) == ["['$HOME; touch x', '*']"]
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_is_not_there(tmp_path: Path) -> None:
    """In its own words, and without an exit code."""
    done = Programs(tmp_path).run(["no-such-program"], deadline=MINUTE)
    gone = Programs(tmp_path / "gone").run([sys.executable], deadline=MINUTE)
    (tmp_path / "text").write_text("no program")
    text = Programs(tmp_path).run([str(tmp_path / "text")], deadline=MINUTE)

    assert (done.code, done.problem) == (None, "no-such-program is not installed")
    assert gone.problem == f"there is no folder {tmp_path / 'gone'}"
    assert "cannot be started: Permission denied" in text.problem


def test_a_deadline_ends_it_with_its_children(tmp_path: Path) -> None:
    """It, and what it started; soon after the time that it was given."""
    code = (
        "import subprocess, sys, time;"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)']);"
        "print(child.pid, flush=True); time.sleep(300)"
    )
    began = time.monotonic()
    done = python(tmp_path, code, timedelta(seconds=3))

    assert done.code is None
    assert done.problem == "it did not end within 3 s"
    assert time.monotonic() - began < 30
    child = int(done.last_lines(1)[0])
    for _ in range(100):
        if not alive(child):
            break
        time.sleep(0.05)
    assert not alive(child)


def test_one_that_ignores_being_asked_is_ended_all_the_same(tmp_path: Path) -> None:
    """SIGTERM first, then SIGKILL."""
    code = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(300)"
    )

    done = python(tmp_path, code, timedelta(seconds=2))

    assert done.problem == "it did not end within 2 s"
    assert done.last_lines(1) == ["up"]


def test_what_it_leaves_running_holds_nobody_up(tmp_path: Path) -> None:
    """A child that keeps the output open: the program has ended, so its code counts."""
    child = "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(300)'])"
    code = f"import subprocess, sys\n{child}\nprint('done')"
    began = time.monotonic()

    done = python(tmp_path, code)

    assert (done.code, done.last_lines(1)) == (0, ["done"])
    assert time.monotonic() - began < 30


def test_of_much_output_the_end_is_kept(tmp_path: Path) -> None:
    """Fifty megabytes go by, and not through memory."""
    done = python(tmp_path, "import sys\nfor n in range(50_000): sys.stdout.write('x' * 999 + '\\n')\nprint('end')")

    assert done.code == 0
    assert done.last_lines(1) == ["end"]
    assert len(done.output) <= 64 * 1024
    assert done.cut > 49_000_000


def test_bytes_that_are_no_text(tmp_path: Path) -> None:
    """They are shown as what they are not."""
    done = python(tmp_path, "import sys; sys.stdout.buffer.write(b'\\xff\\xfe ok')")

    assert done.output == "\ufffd\ufffd ok"


def test_one_that_a_signal_ends(tmp_path: Path) -> None:
    """Killed by something else: no exit code, so nothing that could be taken for one."""
    done = python(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")

    assert done.problem == f"{sys.executable} was ended by SIGKILL"


def test_giving_up_ends_what_runs(tmp_path: Path) -> None:
    """The user's Ctrl-C reaches programs of other threads."""
    programs = Programs(tmp_path)
    threading.Timer(0.5, programs.give_up).start()
    began = time.monotonic()

    done = programs.run([sys.executable, "-c", "import time; time.sleep(300)"], deadline=MINUTE)

    assert done.problem == "broken off"
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_one_that_closes_its_output_is_waited_for(tmp_path: Path, closed: str) -> None:
    """Its exit code comes later than the end of what it says."""
    code = "import os, sys, time; print('said', flush=True); os.close(1); os.close(2); time.sleep(1); os._exit(7)"
    if closed == "stderr":
        code = code.replace("os.close(1); ", "")

    assert python(tmp_path, code).code == 7
