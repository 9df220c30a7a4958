"""The host `containers`: the service and what it depends on, started once for a run, gone with it or kept."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from opscheck.hosts.container_engine import engine_address, why_no_engine
from opscheck.hosts.keeper import ASKED, DOING, FAILED, LOGS, OUTPUT, PID, STATE
from opscheck.hosts.placing import placed, root_cause
from opscheck.inventory import CONTAINERS
from opscheck.model import Host, Kind, Unmeasured
from opscheck.processes import alive

INSTALL: Final = "pip install 'opscheck[containers]'"
_START: Final = 3600.0  # seconds; whoever starts them has limits of its own, this is for one that hangs
_END: Final = 60.0
_LOOK: Final = 0.02
_CLAIM: Final = "containers.claim"

End = Callable[[bool], str]
Say = Callable[[str], None]


class _Gone(Exception):
    """The process that keeps the containers has ended without a word."""


def start(host: Host, shared: Path | None, *, keep: bool, say: Say) -> tuple[Host, End] | Unmeasured:
    """The host with its real addresses and how to end it, or the one root cause why it did not come up.

    Args:
        shared: the folder in which the workers of a run meet; the first starts the containers, the run's end ends them.
        keep: leave them running, and use those that run already.
        say: told what is being done, again and again.

    Returns:
        How to end it: called with whether tests failed, it gives a line on where logs were kept, or nothing.
    """
    problem, remedy = why_no_engine()
    if problem:
        kind = Kind.TOOL_MISSING if "not installed" in problem else Kind.REFUSED
        return root_cause(host, kind, problem, remedy, "engine")
    missing = [name for name in ("docker", "testcontainers") if importlib.util.find_spec(name) is None]
    if missing:
        detail = f"the host {CONTAINERS} needs {' and '.join(missing)}, not installed"
        return root_cause(host, Kind.TOOL_MISSING, detail, f"{INSTALL} brings it")
    folder = shared or Path(tempfile.mkdtemp(prefix="opscheck-"))

    def end(failed: bool) -> str:
        if shared is not None:
            return ""  # the controller ends what its workers share
        told = end_containers(folder, failed=failed)
        shutil.rmtree(folder, ignore_errors=True)
        return told

    try:
        if shared is None or _first(folder):
            _begin(folder, host, os.getpid() if shared is None else os.getppid(), keep=keep)
        told = _outcome(folder, say)
    except BaseException as error:
        end(False)
        if not isinstance(error, (OSError, subprocess.SubprocessError, TimeoutError, _Gone)):
            raise
        return root_cause(host, Kind.REFUSED, f"the containers did not start: {error}", "see that message")
    if "failed" not in told:
        return placed(host, told), end
    end(False)
    return _why(host, told)


def end_containers(folder: Path, *, failed: bool) -> str:
    """End the containers of the run that meets in `folder`, where there are any; tell where their logs were kept."""
    pid = _number(folder / PID)
    if not pid or not alive(pid):
        return ""
    if failed:
        (folder / FAILED).touch()
    try:
        os.kill(pid, signal.SIGTERM)
    except ProcessLookupError:
        return ""
    ends = time.monotonic() + _END
    while alive(pid) and time.monotonic() < ends:
        time.sleep(_LOOK)
    logs = folder / LOGS
    return f"logs of the containers: {logs.read_text()}" if logs.is_file() else ""


def _first(folder: Path) -> bool:
    try:
        (folder / _CLAIM).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _begin(folder: Path, host: Host, run: int, *, keep: bool) -> None:
    asked = {"run": run, "keep": keep, "engine": engine_address(), "place": str(Path.cwd())}
    (folder / ASKED).write_text(json.dumps({**asked, **host.settings[CONTAINERS]}))
    command = [sys.executable, "-m", "opscheck.hosts.keeper", str(folder)]
    with (folder / OUTPUT).open("wb") as output:
        # In a session of its own: what ends the run by its process group must not end what cleans up behind it.
        subprocess.run(  # noqa: S603 - this interpreter and a folder of ours
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True, check=True
        )


def _outcome(folder: Path, say: Say) -> dict[str, Any]:
    """What the keeper told: addresses, or why there are none."""
    ends, looked = time.monotonic() + _START, 0.0
    while time.monotonic() < ends:
        pid = _number(folder / PID)
        running = not pid or alive(pid)
        if (folder / STATE).is_file():
            told: dict[str, Any] = json.loads((folder / STATE).read_text())
            return told
        if not running:
            lines = _text(folder / OUTPUT).strip().splitlines()
            raise _Gone(f"the process that keeps them ended{': ' + lines[-1] if lines else ''}")
        if time.monotonic() - looked > 1:
            looked = time.monotonic()
            say(_text(folder / DOING))
        time.sleep(_LOOK)
    raise TimeoutError(f"no sign of them within {_START:g} s")


def _why(host: Host, told: dict[str, Any]) -> Unmeasured:
    if "missing" in told:
        detail = f"the host {CONTAINERS} needs {told['missing']}, which is not installed"
        return root_cause(host, Kind.TOOL_MISSING, detail, f"{INSTALL} brings it")
    logs = f"the containers' logs: {told['logs']}" if told.get("logs") else ""
    remedy = "; ".join(filter(None, [told["remedy"], logs])) or "docker info tells whether the engine is well"
    return root_cause(host, Kind.REFUSED, f"the containers did not come up: {told['failed']}", remedy, "containers")


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def _number(path: Path) -> int:
    text = _text(path)
    return int(text) if text.isdigit() else 0
