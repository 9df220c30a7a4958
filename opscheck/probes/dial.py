"""A connected socket: all addresses of a name, the next one tried before the slow one is given up."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from itertools import zip_longest
from time import perf_counter
from typing import Final

from opscheck.model import Kind
from opscheck.probes.failure import Failure, address, from_os_error
from opscheck.probes.names import Names
from opscheck.probes.trace import Trace

HEAD_START: Final = 0.25  # seconds before the next address is tried beside the one that does not answer


async def dial(host: str, port: int, *, names: Names, trace: Trace, timeout: float) -> socket.socket:  # noqa: ASYNC109 - told in the failure
    """Resolve and connect within the time; the phases go into the trace.

    Raises:
        Failure: no address could be connected to.
    """
    trace.stage, trace.peer = "name", address(host, port)
    try:
        async with asyncio.timeout(timeout):
            addresses = names.known(host)
            if addresses is None:
                begun = perf_counter()
                addresses = await names.addresses(host)
                trace.dns = perf_counter() - begun
            if not addresses:
                raise Failure(Kind.DNS, f"no address for the name {host}")
            trace.stage = "connect"
            begun = perf_counter()
            connected = await _first(_interleaved(addresses), port)
            trace.connect = perf_counter() - begun
    except TimeoutError:
        raise trace.timed_out(timeout) from None
    trace.peer = peer_of(connected) or trace.peer
    return connected


def peer_of(connected: socket.socket) -> str:
    """The address at the other end; empty where it is gone already."""
    try:
        name = connected.getpeername()
    except OSError:
        return ""
    return address(name[0], name[1])


def _interleaved(addresses: Sequence[str]) -> list[str]:
    """The families in turn, beginning with the family of the resolver's first choice."""
    six = [item for item in addresses if ":" in item]
    four = [item for item in addresses if ":" not in item]
    first, second = (six, four) if addresses and ":" in addresses[0] else (four, six)
    return [item for pair in zip_longest(first, second) for item in pair if item is not None]


async def _connect(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    peer = address(host, port)
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise from_os_error(error, peer) from None
    try:
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(sock, (host, port))
    except OSError as error:
        sock.close()
        raise from_os_error(error, peer) from None
    except BaseException:
        sock.close()
        raise
    return sock


async def _first(addresses: Sequence[str], port: int) -> socket.socket:
    if len(addresses) == 1:
        return await _connect(addresses[0], port)
    waiting = list(addresses)
    trying: set[asyncio.Task[socket.socket]] = set()
    failures: list[Failure] = []
    try:
        while waiting or trying:
            if waiting:
                trying.add(asyncio.create_task(_connect(waiting.pop(0), port)))
            patience = HEAD_START if waiting else None
            done, _ = await asyncio.wait(trying, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                if error is None:
                    trying.discard(task)
                    return task.result()
                trying.discard(task)
                failures.append(error if isinstance(error, Failure) else _unknown(error))
    finally:
        await _give_up(trying)
    raise _together(failures)


async def _give_up(trying: set[asyncio.Task[socket.socket]]) -> None:
    for task in trying:
        task.cancel()
        task.add_done_callback(_close_late)
    if trying:
        await asyncio.sleep(0)


def _close_late(task: asyncio.Task[socket.socket]) -> None:
    if not task.cancelled() and task.exception() is None:
        task.result().close()


def _unknown(error: BaseException) -> Failure:
    return Failure(Kind.UNREACHABLE, f"cannot connect: {type(error).__name__}")


def _together(failures: Sequence[Failure]) -> Failure:
    """One failure for all addresses: the first refusal counts most, for there a machine answered."""
    ranked = sorted(failures, key=lambda failure: failure.kind is not Kind.REFUSED)
    details = list(dict.fromkeys(failure.detail for failure in ranked))
    return Failure(ranked[0].kind, "; ".join(details[:4]))
