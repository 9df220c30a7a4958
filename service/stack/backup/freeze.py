"""Containers stand still for a moment, and go on again whatever becomes of this process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from ..docker import Docker, refusal
from ..outcome import StackError

_THAW_S = 30.0
_ATTEMPTS = 10
_AGAIN_S = 0.3
# Waits until the other end of its input is gone, by a close or by any kind of death, and lets the containers go on.
_WATCHER = "import subprocess, sys; sys.stdin.read(); sys.exit(subprocess.call(sys.argv[1:]))"


@contextmanager
def standing_still(docker: Docker, containers: Sequence[str]) -> Iterator[None]:
    """Pause containers for the length of the block.

    Raises:
        StackError: they cannot be paused, or did not go on.
    """
    if not containers:
        yield
        return
    with subprocess.Popen(  # noqa: S603 - this Python and the docker command, no shell
        [sys.executable, "-c", _WATCHER, docker.program, "unpause", *containers],
        env=dict(docker.env),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # an interrupt from the terminal is not for it
    ) as watcher:
        try:
            _pause(docker, containers)
            yield
        finally:
            if watcher.stdin is not None:
                watcher.stdin.close()
            code = watcher.wait(_THAW_S)
    if code != 0:
        raise StackError(f"containers are paused and did not go on: docker unpause {' '.join(containers)}")


def _pause(docker: Docker, containers: Sequence[str]) -> None:
    """Pause them. An engine on an older kernel interface may fail while they are busy, and succeed a moment later."""
    for attempt in range(_ATTEMPTS):
        done = docker.try_("pause", *containers)
        if done.code == 0:
            return
        if attempt < _ATTEMPTS - 1:
            docker.try_("unpause", *containers)  # of several, some may stand still already
            time.sleep(_AGAIN_S)
    raise refusal("docker pause", done)
