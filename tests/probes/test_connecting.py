"""Names and addresses: refused, unresolved, unreachable, slow, and several addresses at once."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from opscheck.model import DnsAnswer, HttpExchange, Kind, Request, TcpConnection, Unmeasured
from opscheck.probes import HttpClient
from opscheck.probes.dns import dns
from opscheck.probes.failure import from_os_error
from opscheck.probes.tcp import tcp
from tests.probes.asking import QUICK, SLACK, visit
from tests.probes.hostile import Hostile


@contextmanager
def closed_port() -> Iterator[int]:
    """A port at which nobody listens, held so that nobody will."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@contextmanager
def black_hole() -> Iterator[int]:
    """A port whose queue is full: a further connection gets no answer at all."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        port = listening.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        time.sleep(0.05)
        try:
            yield port
        finally:
            for sock in waiting:
                sock.close()


def hanging(name: str) -> list[str]:
    """A resolver that does not come back in time."""
    threading.Event().wait(3)
    return ["127.0.0.1"]


def test_refused() -> None:
    """Where nobody listens, the connection is refused, and the address is named."""
    with closed_port() as port:
        answer = asyncio.run(tcp("127.0.0.1", port, caps=QUICK))

    assert isinstance(answer, Unmeasured)
    assert (answer.kind, answer.detail) == (Kind.REFUSED, f"connection refused by 127.0.0.1:{port}")
    assert not answer.connected


def test_black_hole() -> None:
    """Where no packet is answered, the connection times out at its own deadline."""
    with black_hole() as port:
        begun = time.perf_counter()
        answer = asyncio.run(tcp("127.0.0.1", port, caps=QUICK))

    assert time.perf_counter() - begun < QUICK.connect_timeout + SLACK
    assert isinstance(answer, Unmeasured)
    assert (answer.kind, answer.detail) == (Kind.TIMEOUT, f"no connection to 127.0.0.1:{port} within 0.4 s")
    assert not answer.connected


def test_connected() -> None:
    """Where somebody listens, the peer and the connect phase are told."""

    async def act(client: HttpClient, hostile: Hostile) -> object:
        return await tcp("localhost", hostile.port, caps=QUICK, resolve=lambda _name: ["127.0.0.1"])

    answer = visit(act)

    assert isinstance(answer, TcpConnection)
    assert answer.peer.startswith("127.0.0.1:")
    assert answer.phases.dns is not None
    assert answer.phases.connect is not None


def test_the_next_address_is_tried() -> None:
    """An address that refuses and one that does not answer do not keep the probe from the one that does."""

    async def act(client: HttpClient, hostile: Hostile) -> object:
        return await tcp("several", hostile.port, caps=QUICK, resolve=lambda _name: ["127.0.0.2", "::1", "127.0.0.1"])

    answer = visit(act)

    assert isinstance(answer, TcpConnection)
    assert answer.peer.startswith("127.0.0.1:")


def test_all_addresses_fail() -> None:
    """Where every address fails, each is named and a refusal gives the kind."""
    with closed_port() as port:
        answer = asyncio.run(tcp("two", port, caps=QUICK, resolve=lambda _name: ["::1", "127.0.0.1"]))

    assert isinstance(answer, Unmeasured)
    assert answer.kind == Kind.REFUSED
    assert f"127.0.0.1:{port}" in answer.detail
    assert f"[::1]:{port}" in answer.detail


def test_unknown_name() -> None:
    """A name that does not exist is a dns failure that names it."""
    answer = asyncio.run(dns("nothing.invalid", caps=QUICK))

    assert isinstance(answer, Unmeasured)
    assert answer.kind == Kind.DNS
    assert "nothing.invalid" in answer.detail


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_known_names(name: str) -> None:
    """A name gives its addresses; an address is its own answer."""
    answer = asyncio.run(dns(name, caps=QUICK))

    assert isinstance(answer, DnsAnswer)
    assert answer.addresses
    assert (answer.phases.dns is None) == (name != "localhost")


def test_hanging_resolver() -> None:
    """A resolver that hangs costs the deadline, for the name alone and for a request."""

    async def both() -> list[object]:
        client = HttpClient(caps=QUICK, resolve=hanging)
        begun = time.perf_counter()
        answers: list[object] = [
            await dns("slow.example", caps=QUICK, resolve=hanging),
            await client.http(Request("GET", "http://slow.example/")),
            await tcp("slow.example", 80, caps=QUICK, resolve=hanging),
        ]
        assert time.perf_counter() - begun < 3 * QUICK.timeout + SLACK
        await client.aclose()
        return answers

    begun = time.perf_counter()
    answers = asyncio.run(both())

    assert time.perf_counter() - begun < 3  # the end of the loop did not wait for the resolver
    for answer in answers:
        assert isinstance(answer, Unmeasured)
        assert answer.kind == Kind.DNS
        assert "slow.example" in answer.detail


def test_one_lookup_for_a_run() -> None:
    """Many requests to one name, at once and later, cost one lookup; only the first ones tell a dns phase."""
    asked: list[str] = []

    def resolve(name: str) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"]

    async def act(_: HttpClient, hostile: Hostile) -> HttpExchange | Unmeasured:
        client = HttpClient(caps=QUICK, resolve=resolve)
        request = Request("GET", hostile.url("ok", host="ops.example"))
        await asyncio.gather(*(client.http(request) for _ in range(10)))
        last = await client.http(request, fresh_connection=True)
        await client.aclose()
        return last

    answer = visit(act)

    assert asked == ["ops.example"]
    assert isinstance(answer, HttpExchange)
    assert answer.phases.dns is None


def test_a_resolver_that_breaks() -> None:
    """A resolver that raises, or finds nothing, is a dns failure."""

    def broken(name: str) -> list[str]:
        raise RuntimeError("secret words")

    raised = asyncio.run(dns("a.example", caps=QUICK, resolve=broken))
    nothing = asyncio.run(dns("a.example", caps=QUICK, resolve=lambda _name: []))

    assert isinstance(raised, Unmeasured)
    assert isinstance(nothing, Unmeasured)
    assert raised.kind == nothing.kind == Kind.DNS
    assert "secret words" not in raised.detail


def test_no_route() -> None:
    """What the system says about the network is unreachable, in plain words."""
    failure = from_os_error(OSError(113, "No route to host"), "10.1.2.3:80")

    assert (failure.kind, failure.detail) == (Kind.UNREACHABLE, "no route to 10.1.2.3:80")


def test_nothing_left_behind() -> None:
    """A cancelled probe stays cancelled and leaves no task."""

    async def act(client: HttpClient, hostile: Hostile) -> int:
        before = len(asyncio.all_tasks())
        task = asyncio.create_task(client.http(Request("GET", hostile.url("stalls"))))
        await asyncio.sleep(0.1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        left = [item for item in asyncio.all_tasks() if "Hostile" not in repr(item.get_coro())]
        return len(left) - before

    assert visit(act) <= 0
