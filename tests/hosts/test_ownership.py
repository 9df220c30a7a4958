"""Whose containers are whose: what is swept is a dead owner's, and nobody else's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from opscheck.hosts.ownership import gone, owner, place

ELSEWHERE = "from opscheck.hosts.ownership import owner; print(owner(), flush=True); input()"


def test_this_process_is_there() -> None:
    """And none of its own parts make it another."""
    assert not gone(owner())


def test_a_process_that_has_ended_is_gone() -> None:
    """While it ran it was not."""
    words = [sys.executable, "-c", ELSEWHERE]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = process.stdout.readline().strip()
        while_it_ran = gone(told)
        process.kill()

    assert not while_it_ran
    assert gone(told)


def test_a_number_that_was_given_again_is_another_process() -> None:
    """Since when it runs tells them apart; so does the machine's last start."""
    pid, started, boot, machine = owner().split(":", 3)

    assert gone(f"{pid}:{int(started) - 1}:{boot}:{machine}")
    assert gone(f"{pid}:{started}:another:{machine}")


def test_what_other_machines_own_is_left_alone() -> None:
    """Their processes cannot be seen from here; nor is nonsense taken for an owner."""
    pid, started, boot, _ = owner().split(":", 3)

    assert not gone(f"{pid}:{started}:{boot}:elsewhere")
    assert not gone("")
    assert not gone("x:y:z")


def test_kept_containers_belong_to_a_folder() -> None:
    """Two projects do not share them."""
    assert place(Path("/a")) == place(Path("/a"))
    assert place(Path("/a")) != place(Path("/b"))
