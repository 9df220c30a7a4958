"""The event stream parser, by the rules of the standard and independent of how the bytes are cut."""

from __future__ import annotations

import pytest

from opscheck.model import StreamEvent
from opscheck.probes.event_stream import EventParser


def parse(*pieces: bytes) -> list[tuple[str, str, str]]:
    """Event, data and id of everything dispatched."""
    parser = EventParser()
    events = [event for piece in pieces for event in parser.feed(piece, 0.0)]
    return [(event.event, event.data, event.id) for event in events]


@pytest.mark.parametrize(
    ("stream", "data"),
    [
        (b"data: a\n\n", ["a"]),
        (b"data: a\r\rdata: b\r\r", ["a", "b"]),
        (b"data: a\r\n\r\n", ["a"]),
        (b"data: a\r\n\ndata: b\n\r\n", ["a", "b"]),
        (b"data:a\n\ndata:  b\n\n", ["a", " b"]),
        (b"data: a\ndata: b\n\n", ["a\nb"]),
        (b"data\n\ndata\ndata\n\n", ["", "\n"]),
        (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
        (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", ["a"]),
        (b": comment\n\ndata: a\n: more\ndata: b\n\n", ["a\nb"]),
        (b"event: x\n\ndata: a\n\n", ["a"]),
        (b"data: unfinished\n", []),
        (b"data: unfinished", []),
        (b"data: a\n\ndata: unfinished\n", ["a"]),
        ("data: a\u2028b\u0085c\n\n".encode(), ["a\u2028b\u0085c"]),
        (b"Data: a\n\n data: b\n\n", []),
        (b"data: \xff\n\n", ["\ufffd"]),
        (b"data: caf\xc3\xa9\n\n", ["café"]),
        (b"\n\n\n", []),
    ],
)
def test_lines_and_blocks(stream: bytes, data: list[str]) -> None:
    """Whole, byte by byte, and cut at every place, the same events come out."""
    assert [event[1] for event in parse(stream)] == data
    assert [event[1] for event in parse(*(stream[place : place + 1] for place in range(len(stream))))] == data
    for cut in range(len(stream)):
        assert [event[1] for event in parse(stream[:cut], b"", stream[cut:])] == data


def test_event_and_id() -> None:
    """A type holds for its block, an id until the next one, and an id with NUL is ignored."""
    stream = b"event: x\nid: 1\ndata: a\n\ndata: b\n\nid: 2\0\ndata: c\n\nid\ndata: d\n\n"

    assert parse(stream) == [("x", "a", "1"), ("message", "b", "1"), ("message", "c", "1"), ("message", "d", "")]


def test_a_type_without_data_is_dropped() -> None:
    """The type of a block that was not dispatched does not leak into the next."""
    assert parse(b"event: x\n\ndata: a\n\n") == [("message", "a", "")]


@pytest.mark.parametrize(
    ("line", "retry"), [(b"250", 250), (b"x", None), (b"-1", None), (b"1.5", None), ("٣".encode(), None), (b"", None)]
)
def test_retry(line: bytes, retry: int | None) -> None:
    """Only digits set the retry time."""
    parser = EventParser()
    parser.feed(b"retry: " + line + b"\n", 0.0)

    assert parser.retry == retry


def test_arrival() -> None:
    """An event carries the arrival of the piece that completed it."""
    parser = EventParser()
    parser.feed(b"data: a\n", 1.0)

    assert parser.feed(b"\n", 2.0) == [StreamEvent("a", after=2.0)]
