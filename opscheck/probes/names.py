"""Names to addresses by the system's resolver, in a thread that can hang without harm."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable, Sequence
from typing import TypeAlias

from opscheck.model import Kind
from opscheck.probes.failure import Failure
from opscheck.probes.own_thread import in_own_thread

Resolve: TypeAlias = Callable[[str], Sequence[str]]


def system_resolve(name: str) -> list[str]:
    """The addresses that getaddrinfo gives, in its order, each once. Blocks."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(info[4][0]) for info in found))


def is_address(host: str) -> bool:
    """The host is an IP literal, so there is no name to resolve."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Names:
    """Resolves each name once. A lookup that hangs keeps one daemon thread and never an exit."""

    def __init__(self, resolve: Resolve = system_resolve) -> None:
        self._resolve = resolve
        self._known: dict[str, list[str]] = {}
        self._pending: dict[str, asyncio.Future[list[str]]] = {}

    def known(self, name: str) -> list[str] | None:
        """What needs no lookup: an address, or a name that was resolved before."""
        found = self._known.get(name)
        if found is None and is_address(name):
            found = self._known[name] = [name]
        return found

    async def addresses(self, name: str) -> list[str]:
        """The addresses of a name.

        Raises:
            Failure: there is no such name, or the resolver cannot tell.
        """
        pending = self._pending.get(name)
        if pending is None or pending.get_loop() is not asyncio.get_running_loop():
            pending = self._start(name)
        await asyncio.wait([pending])
        error = pending.exception()
        if error is None:
            self._known[name] = pending.result()
            return pending.result()
        raise _failure(name, error)

    def _start(self, name: str) -> asyncio.Future[list[str]]:
        future = in_own_thread(lambda: list(self._resolve(name)), f"resolve {name}")
        self._pending[name] = future
        future.add_done_callback(lambda done: self._forget(name, done))
        return future

    def _forget(self, name: str, done: asyncio.Future[list[str]]) -> None:
        if self._pending.get(name) is done:
            del self._pending[name]
        if not done.cancelled():
            done.exception()  # told to whoever still waits; nobody waiting is no fault


def _failure(name: str, error: BaseException) -> Failure:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return Failure(Kind.DNS, f"the resolver could not answer for {name} (temporary failure)")
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return Failure(Kind.DNS, f"no such name: {name}")
    return Failure(Kind.DNS, f"the resolver failed for {name}: {type(error).__name__}")
