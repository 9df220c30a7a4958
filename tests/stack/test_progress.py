"""What an operator sees while something takes its time."""

from __future__ import annotations

import io
import time

import pytest

from service.stack import progress
from service.stack.progress import Progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say so."""
        return True


def test_plain_lines_where_there_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What began, what is waited for, and no control character."""
    monkeypatch.setattr(progress, "_PLAIN_S", 0.05)
    stream = io.StringIO()
    shown = Progress(stream)

    with shown.during("waiting") as step:
        step.detail = "connection refused"
        time.sleep(0.2)
    shown.say("done")

    lines = stream.getvalue().splitlines()
    assert lines[0] == "waiting"
    assert lines[-1] == "done"
    assert set(lines[1:-1]) == {"waiting: connection refused (0 s)"}
    assert "\x1b" not in stream.getvalue()
    assert "\r" not in stream.getvalue()


def test_one_line_that_changes_on_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """And is gone before anything else is written."""
    monkeypatch.setattr(progress, "_LIVE_S", 0.02)
    stream = Terminal()
    shown = Progress(stream)

    with shown.during("waiting"):
        time.sleep(0.1)
        shown.say("meanwhile")
    shown.say("done")

    assert "\n" not in stream.getvalue().partition("meanwhile")[0]
    assert "\r\x1b[2Kmeanwhile\n" in stream.getvalue()
    assert stream.getvalue().endswith("done\n")


def test_quiet_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Results and errors are written elsewhere."""
    monkeypatch.setattr(progress, "_PLAIN_S", 0.01)
    stream = io.StringIO()
    shown = Progress(stream, quiet=True)

    with shown.during("waiting"):
        time.sleep(0.05)
    shown.say("done")

    assert stream.getvalue() == ""


def test_the_line_goes_also_when_it_fails() -> None:
    """No thread goes on writing behind the error."""
    stream = Terminal()

    with pytest.raises(ValueError, match="no"), Progress(stream).during("waiting"):
        raise ValueError("no")

    before = stream.getvalue()
    time.sleep(0.6)
    assert stream.getvalue() == before
