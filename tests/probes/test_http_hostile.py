"""What the HTTP probe makes of servers that misbehave: a kind, a plain line, in time and within memory."""

from __future__ import annotations

import tracemalloc

import pytest

from opscheck.model import Kind
from opscheck.probes import Caps
from tests.probes.asking import missed


@pytest.mark.parametrize(
    ("name", "kind", "words"),
    [
        ("reset", Kind.RESET, "reset the connection without an answer"),
        ("closes", Kind.RESET, "closed the connection without an answer"),
        ("reset_in_body", Kind.RESET, "after 5 bytes of body"),
        ("closes_in_headers", Kind.PROTOCOL, "before the headers of the answer ended"),
        ("stalls", Kind.TIMEOUT, "no answer within 0.5 s (connected in"),
        ("stalls_in_headers", Kind.TIMEOUT, "did not end its headers within 0.5 s"),
        ("stalls_in_body", Kind.TIMEOUT, "5 bytes of body had arrived"),
        ("trickles", Kind.TIMEOUT, "did not end its answer within 0.5 s"),
        ("body_short", Kind.PROTOCOL, "5 bytes of body where 100 were announced"),
        ("chunks_cut", Kind.PROTOCOL, "before the last chunk: 3 bytes"),
        ("bad_chunk", Kind.PROTOCOL, "not valid HTTP"),
        ("two_framings", Kind.PROTOCOL, "not valid HTTP"),
        ("garbage", Kind.PROTOCOL, "not valid HTTP"),
        ("bad_status", Kind.PROTOCOL, "not valid HTTP"),
        ("nul_header", Kind.PROTOCOL, "not valid HTTP"),
        ("switches", Kind.PROTOCOL, "switched protocols"),
        ("gzip_bad", Kind.PROTOCOL, "not valid gzip"),
        ("gzip_cut", Kind.PROTOCOL, "gzip body breaks off"),
        ("unknown_encoding", Kind.PROTOCOL, "'rot13'"),
        ("huge_announced", Kind.TOO_LARGE, "99999999999"),
        ("endless_headers", Kind.TOO_LARGE, "headers"),
        ("many_headers", Kind.TOO_LARGE, "more than 200 headers"),
        ("huge_header", Kind.TOO_LARGE, "longer than 65536 bytes"),
        ("endless_interim", Kind.TOO_LARGE, "longer than 65536 bytes"),
        ("gzip_bomb", Kind.TOO_LARGE, "decoded body is longer than 2097152 bytes"),
    ],
)
def test_misbehaviour(name: str, kind: Kind, words: str) -> None:
    """Every misbehaviour has its kind, its plain line, and ends within the deadline."""
    unmeasured = missed(name)

    assert unmeasured.kind == kind
    assert words in unmeasured.detail
    assert "\n" not in unmeasured.detail
    assert unmeasured.connected
    assert unmeasured.evidence().as_dict()["unmeasured"] == kind.value


@pytest.mark.parametrize("name", ["endless_body", "endless_chunks", "endless_trailers"])
def test_endless(name: str) -> None:
    """A body without end is given up at its cap."""
    assert missed(name, caps=Caps(timeout=5)).kind == Kind.TOO_LARGE


def test_tiny_chunks_cost_little() -> None:
    """A body in chunks of one byte costs its cap, not an object for each byte."""
    tracemalloc.start()
    try:
        unmeasured = missed("endless_chunks", caps=Caps(timeout=20, body=512 * 1024))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert unmeasured.kind == Kind.TOO_LARGE
    assert peak < 8 * 1024 * 1024


def test_a_bomb_costs_its_cap() -> None:
    """A gibibyte of zeros costs the memory of the cap, not of the gibibyte."""
    tracemalloc.start()
    try:
        unmeasured = missed("gzip_bomb", caps=Caps(timeout=5))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert unmeasured.kind == Kind.TOO_LARGE
    assert peak < 24 * 1024 * 1024
