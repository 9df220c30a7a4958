"""What the probes of stores share: the way there, the library that may be missing, steps with a time and an end."""

from __future__ import annotations

import asyncio
import importlib
import os
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlsplit

from opscheck.model import Kind, Phases, Unmeasured
from opscheck.model.store import Step, StoreAccess, StoreSession
from opscheck.probes.failure import one_line
from opscheck.probes.limits import Caps
from opscheck.probes.own_thread import in_own_thread
from opscheck.probes.tcp import tcp

INSTALL: Final = "pip install 'opscheck[infra]'"
PORTS: Final = {"mongodb": 27017, "redis": 6379, "rediss": 6379, "postgres": 5432, "postgresql": 5432}
_LONGEST: Final = 200
_GRACE: Final = 0.5  # seconds beyond the deadline in which a library may still say that it was cut off


class Deadline:
    """The end of a conversation: what is still waited for then is cut, whatever the library's own timeouts are."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds
        self._cuts: list[Callable[[], object]] = []
        self._held = ExitStack()
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    @property
    def left(self) -> float:
        """Seconds until then; never less than a trace, for libraries that take 0 for no limit."""
        return max(0.01, self._ends - time.monotonic())

    def over(self) -> bool:
        """It has passed."""
        return time.monotonic() >= self._ends

    def cut_by(self, cut: Callable[[], object]) -> None:
        """Name what breaks the connection off; it is called from another thread."""
        self._cuts.append(cut)
        if self.over():
            self._cut()

    def cut_socket(self, number: int) -> None:
        """Break off the connection behind a file descriptor that belongs to a library."""
        held = self._held.enter_context(socket.socket(fileno=os.dup(number)))
        self.cut_by(lambda: held.shutdown(socket.SHUT_RDWR))

    def _cut(self) -> None:
        for cut in self._cuts:
            with suppress(Exception):  # it may be closed already, which is as good
                cut()

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        self._timer.join()
        self._held.close()


class Steps:
    """The steps that are taken so far; one that raises what the store's library raises is a failed one.

    Args:
        failures: what the library raises.
        code: the store's own code for such an error.
        broken: the kind of an error that is no answer of the store but the end of its connection; None for an answer.
    """

    def __init__(
        self,
        deadline: Deadline,
        failures: tuple[type[Exception], ...],
        *,
        code: Callable[[Exception], str],
        broken: Callable[[Exception], Kind | None],
    ) -> None:
        self.taken: list[Step] = []
        self.lost: tuple[Kind, str] | None = None
        self._deadline = deadline
        self._failures = failures
        self._code = code
        self._broken = broken

    def add(self, name: str, take: Callable[[], Mapping[str, Any]]) -> bool:
        """Take a step; whether it was good. Behind a broken connection or the deadline none is taken."""
        if self.lost is not None:
            return False
        if self._deadline.over():
            self.lost = (Kind.TIMEOUT, self._late(name))
            return False
        began = time.monotonic()
        try:
            facts = dict(take())
        except Exception as error:
            # Whatever a library makes of a connection that was cut under it: the deadline is the reason.
            if not (self._deadline.over() or isinstance(error, self._failures)):
                raise
            self._failed(name, error, time.monotonic() - began)
            return False
        self.taken.append(Step(name, True, time.monotonic() - began, facts))
        return True

    def _failed(self, name: str, error: Exception, seconds: float) -> None:
        kind = Kind.TIMEOUT if self._deadline.over() else self._broken(error)
        said = one_line(str(error))[:_LONGEST]
        if kind is None:
            self.taken.append(Step(name, False, seconds, {}, self._code(error), said))
        else:
            self.lost = (kind, self._late(name) if kind is Kind.TIMEOUT else f"the connection broke at {name}: {said}")

    def _late(self, name: str) -> str:
        return f"no answer at {name} within {self._deadline.seconds:.1f} s"


Talk = Callable[[Any, Deadline], Steps]


async def converse(kind: str, library: str, access: StoreAccess, caps: Caps, talk: Talk) -> StoreSession | Unmeasured:
    """Reach the store, then talk to it in a thread, for its library blocks; no longer than the time of the probe.

    Args:
        library: the module that `talk` gets, together with the deadline.
    """
    way = await _reached(access, caps)
    if isinstance(way, Unmeasured):
        return way
    at = datetime.now(UTC)
    try:
        async with asyncio.timeout(caps.timeout + _GRACE):
            steps = await in_own_thread(lambda: _talked(library, caps.timeout, talk), f"{kind} {shown(access.url)}")
    except TimeoutError:  # the thread ends by its own bounds a little later
        return _blind(access, way, Kind.TIMEOUT, f"no answer within {caps.timeout:.1f} s", at=at)
    if steps is None:
        remedy = f"{INSTALL} brings it"
        return _blind(access, way, Kind.TOOL_MISSING, f"{library} is not installed", at=at, remedy=remedy)
    if steps.lost is not None:
        return _blind(access, way, *steps.lost, at=at)
    total = (way.total or 0.0) + sum(step.seconds for step in steps.taken)
    phases = Phases(way.dns, way.connect, None, None, total)
    return StoreSession(kind, shown(access.url), tuple(steps.taken), at, phases)


def _talked(library: str, seconds: float, talk: Talk) -> Steps | None:
    try:
        module = importlib.import_module(library)
    except ImportError:
        return None
    with Deadline(seconds) as deadline:
        return talk(module, deadline)


async def _reached(access: StoreAccess, caps: Caps) -> Phases | Unmeasured:
    """How long the way to the store takes, or why there is none; asked before its library, which words that worse."""
    parts = urlsplit(access.url)
    seen = await tcp(parts.hostname or "", port(access), caps=caps)
    return seen if isinstance(seen, Unmeasured) else seen.phases


def _blind(access: StoreAccess, way: Phases, kind: Kind, detail: str, *, at: datetime, remedy: str = "") -> Unmeasured:
    waited = (datetime.now(UTC) - at).total_seconds()
    phases = Phases(way.dns, way.connect, None, None, (way.total or 0.0) + waited)
    return Unmeasured(kind, f"{detail} ({shown(access.url)})", shown(access.url), at, phases, remedy=remedy)


def shown(url: str) -> str:
    """The address without anything that could be a login."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def port(access: StoreAccess) -> int:
    """The port that the address names, or the store's usual one."""
    parts = urlsplit(access.url)
    return parts.port or PORTS.get(parts.scheme, 0)


def database(access: StoreAccess) -> str:
    """The database that the address names; empty where it names none."""
    return urlsplit(access.url).path.strip("/")
