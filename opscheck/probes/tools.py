"""Programs of this machine that judge files: run without a shell, within a deadline, ended with what they started."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from opscheck.model import Kind, Phases, Unmeasured
from opscheck.model.tools import ToolRun
from opscheck.probes.limits import Caps

INSTALL: Final[Mapping[str, str]] = {
    "promtool": "it comes with Prometheus (Debian: prometheus); put it on PATH",
    "amtool": "it comes with Alertmanager (Debian: prometheus-alertmanager); put it on PATH",
}
_MOST: Final = 256 * 1024  # bytes of output
_KEPT: Final = 16_000  # characters of it


async def run_tool(name: str, *arguments: str, caps: Caps) -> ToolRun | Unmeasured:
    """Run a program with files of this machine; one that is not installed is what could not be measured."""
    at, begun = datetime.now(UTC), time.perf_counter()
    program = shutil.which(name)
    if program is None:
        remedy = INSTALL.get(name, f"put {name} on PATH")
        return Unmeasured(Kind.TOOL_MISSING, f"{name} is not installed", name, at, remedy=remedy)
    child = await asyncio.create_subprocess_exec(
        program,
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(caps.timeout):
            output = await _bounded(child)
            code = await child.wait()
    except TimeoutError:
        detail = f"{name} did not end within {caps.timeout:g} s"
        return Unmeasured(Kind.TIMEOUT, detail, name, at, Phases(total=time.perf_counter() - begun))
    finally:
        await _ended(child)
    phases = Phases(total=time.perf_counter() - begun)
    return ToolRun((name, *arguments), code, output.decode("utf-8", "replace")[-_KEPT:], at, phases)


async def _bounded(child: asyncio.subprocess.Process) -> bytes:
    """What it writes, up to a cap; the rest is read and dropped, so that it can end."""
    kept = bytearray()
    while child.stdout is not None and (piece := await child.stdout.read(65536)):
        kept += piece[: max(0, _MOST - len(kept))]
    return bytes(kept)


async def _ended(child: asyncio.subprocess.Process) -> None:
    if child.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
    transport = getattr(child, "_transport", None)
    if transport is not None:
        transport.close()  # a pipe that a grandchild still holds would warn at the end of the run
