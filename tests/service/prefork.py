"""Start services quickly: everything is imported once, and each service is a fork of its own.

Reads one line per service to start, `STATE_DIR`, and prints the process id of the fork; the service then prints
its own listeners. Ends, with all that it started, when its input is closed.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys

import service.upstream
import service.webfetch.fetcher  # noqa: F401 - imported here so that no fork has to
from service.__main__ import main


def serve_requests() -> None:
    """Fork a service for each line, reaping the former ones."""
    children: list[int] = []
    for line in iter(sys.stdin.readline, ""):
        for child in children:
            os.waitpid(child, 0)
        children.clear()
        child = os.fork()
        if child == 0:
            sys.stdout.write(f"{os.getpid()}\n")
            sys.stdout.flush()
            os._exit(main(["--port", "0", "--no-webfetch", "--state-dir", line.strip()]))
        children.append(child)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


if __name__ == "__main__":
    serve_requests()
