"""Event streams over real sockets: what came, when it came, and how it ended."""

from __future__ import annotations

import time

import pytest

from opscheck.model import EventStream, Kind, Request, Unmeasured
from opscheck.probes import Caps, HttpClient
from tests.probes.asking import QUICK, SLACK, visit
from tests.probes.hostile import Hostile


def listen(name: str, *, caps: Caps = QUICK, until: str | None = "[DONE]") -> EventStream | Unmeasured:
    """Listen once; fails the test where the probe outlives its deadline."""

    async def act(client: HttpClient, hostile: Hostile) -> EventStream | Unmeasured:
        begun = time.perf_counter()
        answer = await client.stream(Request("GET", hostile.url(name)), until=until)
        assert time.perf_counter() - begun < caps.timeout + SLACK
        return answer

    return visit(act, caps=caps)


def heard(name: str, *, caps: Caps = QUICK, until: str | None = "[DONE]") -> EventStream:
    """The stream, where there must be one."""
    answer = listen(name, caps=caps, until=until)
    assert isinstance(answer, EventStream), answer
    return answer


@pytest.mark.parametrize(
    ("name", "ended", "data"),
    [
        ("sse_burst", "done", ["a", "b", "[DONE]"]),
        ("sse_closed", "closed", ["a"]),
        ("sse_split", "closed", ["a", "café"]),
        ("sse_gzip", "closed", ["a", "b"]),
        ("sse_broken", "reset", ["a"]),
        ("sse_cut", "protocol", ["a"]),
    ],
)
def test_how_it_ends(name: str, ended: str, data: list[str]) -> None:
    """A stream that breaks off keeps the events that it brought."""
    stream = heard(name)

    assert (stream.ended, [event.data for event in stream.events]) == (ended, data)
    assert stream.opening.status == 200
    assert stream.opening.body == b""
    assert stream.evidence().as_dict()["ended"] == ended


def test_never_ending() -> None:
    """A stream without end is left at the deadline, with its events and their arrivals in order."""
    stream = heard("sse_endless")

    assert stream.ended == "timeout"
    assert 4 <= len(stream.events) <= 11
    assert list(stream.arrivals) == sorted(stream.arrivals)
    assert stream.events[-1].after - stream.events[0].after > 0.2


def test_events_arrive_when_they_arrive() -> None:
    """The pieces of a trickling stream have arrivals of their own; a burst has one."""
    assert len(heard("sse_split").arrivals) == 5
    assert len(heard("sse_burst").arrivals) == 1
    assert len(heard("sse_chunks").arrivals) == 2
    assert len(heard("sse_chunks").events) == 4


def test_without_a_last_event() -> None:
    """Where no last event is wanted, the stream is read on."""
    stream = heard("sse_burst", until=None)

    assert stream.ended == "timeout"
    assert [event.data for event in stream.events][-1] == "late"
    assert stream.retry == 250


@pytest.mark.parametrize("name", ["sse_flood", "sse_line"])
def test_too_much(name: str) -> None:
    """Too many events and a line without end stop at their caps."""
    stream = heard(name, caps=Caps(timeout=5, events=2000))

    assert stream.ended == "too-large"
    assert len(stream.events) <= 2000


@pytest.mark.parametrize(
    ("name", "status", "ended"), [("sse_not", 500, "closed"), ("ok", 200, "closed"), ("reset_in_body", 200, "reset")]
)
def test_no_event_stream(name: str, status: int, ended: str) -> None:
    """An answer that is no event stream is shown with its body."""
    stream = heard(name)

    assert stream.events == ()
    assert (stream.opening.status, stream.ended) == (status, ended)
    assert stream.opening.body


def test_no_event_stream_without_end() -> None:
    """A body that is no event stream is shown up to the cap."""
    stream = heard("endless_body", caps=Caps(timeout=5, body=1000))

    assert stream.ended == "too-large"
    assert len(stream.opening.body) == 1000


@pytest.mark.parametrize(
    ("name", "kind"), [("reset", Kind.RESET), ("stalls", Kind.TIMEOUT), ("garbage", Kind.PROTOCOL)]
)
def test_before_the_headers(name: str, kind: Kind) -> None:
    """What fails before the headers is unmeasured."""
    answer = listen(name)

    assert isinstance(answer, Unmeasured)
    assert answer.kind == kind


def test_the_rest_is_not_read() -> None:
    """A connection whose stream was left is not used again; one whose stream ended is."""

    async def act(client: HttpClient, hostile: Hostile) -> int:
        await client.stream(Request("GET", hostile.url("sse_burst")))
        await client.stream(Request("GET", hostile.url("ok")))
        await client.stream(Request("GET", hostile.url("ok")))
        return hostile.connections

    assert visit(act) == 2
