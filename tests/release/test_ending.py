"""SIGTERM and SIGHUP to the command: what it started ends with it, and nothing is left in the folder for scratch."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from opscheck.processes import alive
from opscheck.release.ending import ended_in_order

SLOW = """
[items.lint]
command = ["{python}", "-c", "import os, time; open('pid', 'w').write(str(os.getpid())); time.sleep(300)"]
"""
OTHERS = ("stack", "smoke", "tests", "dependencies", "integrity", "legacy", "build", "documents")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_all_of_it(tmp_path: Path, number: signal.Signals, code: int) -> None:
    """While a command runs in a session of its own; what was found until then is told."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    left_out = "".join(f'[items.{name}]\nskip = "not here"\n' for name in OTHERS)
    (tmp_path / "my.toml").write_text(SLOW + left_out)
    command = [sys.executable, "-m", "opscheck", "release", "-q", "--checklist", "my.toml", "--report", "r.json"]
    with subprocess.Popen(
        command, cwd=tmp_path, env={**os.environ, "TMPDIR": str(scratch)}, stdout=subprocess.PIPE, text=True
    ) as release:
        pid, ends = tmp_path / "pid", time.monotonic() + 120
        while not (pid.exists() and pid.read_text()):
            assert time.monotonic() < ends
            assert release.poll() is None
            time.sleep(0.05)
        assert list(scratch.iterdir())
        release.send_signal(number)
        told, _ = release.communicate(timeout=60)

    assert release.returncode == code
    assert not alive(int(pid.read_text()))
    assert list(scratch.iterdir()) == []
    assert "NO-GO: " in told
    assert (tmp_path / "r.json").is_file()


def test_only_the_first_signal_breaks_in() -> None:
    """The orderly end is not broken off by a second one; afterwards all is as it was."""
    before = signal.getsignal(signal.SIGTERM)

    with ended_in_order() as ending:
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGHUP)

    assert (ending.number, ending.code(0)) == (signal.SIGTERM, 143)
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_signal_that_is_ignored_stays_so() -> None:
    """As under nohup."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with ended_in_order() as ending:
            os.kill(os.getpid(), signal.SIGHUP)
        assert ending.code(1) == 1
    finally:
        signal.signal(signal.SIGHUP, before)
