"""Phases and the overview by host."""

from __future__ import annotations

import pytest

from opscheck.report.latency import latency_by_host, latency_ms, phases_of, segments
from tests.report.sample import exchange, result, unseen


@pytest.mark.parametrize("phases", [None, [], "x", {"total": "1"}, {"total": float("nan")}, {"total": -1}, {"x": 1}])
def test_what_is_no_duration_is_left_out(phases: object) -> None:
    """Evidence of any shape gives durations or nothing."""
    assert phases_of({"phases_ms": phases}) == {}
    assert latency_ms(result(evidence=({"phases_ms": phases},))) is None


@pytest.mark.parametrize(
    "phases",
    [
        {"dns": 1.0, "connect": 2.0, "tls": 3.0, "first_byte": 20.0, "total": 30.0},
        {"first_byte": 30.0, "total": 31.0, "dns": 1.0, "connect": 2.0},
        {"dns": 5.0, "total": 2000.0},
        {"total": 12.0, "first_byte": 11.0},
    ],
)
def test_segments_last_as_long_as_the_total(phases: dict[str, float]) -> None:
    """The parts of the bar add up to the total, whichever phases took place."""
    assert sum(value for _, value in segments(phases)) == pytest.approx(phases["total"])


def test_silence_is_not_called_an_answer() -> None:
    """Where no first byte came, the rest of the time is silence."""
    assert segments({"dns": 1.0, "total": 10.0}) == [("dns", 1.0), ("silence", 9.0)]


def test_overview_counts_each_exchange_once() -> None:
    """An exchange that two checks judged counts once, and what never answered does not count at all."""
    shared = exchange(total=10.0)
    results = [
        result(evidence=(shared,)),
        result(evidence=(shared, unseen("http://h/", "timeout", "no answer"))),
        result(evidence=(exchange("https://h/b", total=30.0),)),
        result(host="staging", evidence=()),
    ]

    overview = latency_by_host(results)

    assert list(overview) == ["prod"]
    assert (overview["prod"].exchanges, overview["prod"].median, overview["prod"].slowest) == (2, 20.0, 30.0)
