"""A stream is judged by when its events came, not by what they say."""

from dataclasses import replace

import pytest

from opscheck.checks.edge_stream import edge_stream
from opscheck.model import EventStream, Outcome, Phases, StreamEvent
from tests.checks.answers import HOSTILE, refused, stream
from tests.checks.proofs import is_complete, red

ID = "edge-stream"


def seen(*after: float, ended: str = "done") -> EventStream:
    """A stream of events that came then."""
    whole = stream([StreamEvent("x", after=one) for one in after], ended)
    phases = Phases(connect=0.001, total=after[-1] if after else 0.1)
    return replace(whole, opening=replace(whole.opening, phases=phases))


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "whole",
    [
        seen(0.3, 0.4, 0.5, 0.9),
        seen(1.0, 1.01, 1.02, 1.03),  # 30 ms of spread
        seen(0.04, 0.0401, 0.0402, 0.0403),  # too fast for anybody to notice
        seen(0.04),  # whole before anybody could wait for it
        seen(0.2, 0.4, 0.6, 0.8, ended="closed"),
    ],
)
def test_events_as_they_are_sent_pass(whole: EventStream) -> None:
    """Whatever the pace, as long as nothing was held back."""
    assert edge_stream(whole).outcome is Outcome.PASS


@pytest.mark.parametrize(
    ("whole", "reason"),
    [
        red(ID, "edge-stream-buffered", seen(2.0, 2.0, 2.0, 2.001), "all 4 events came in one burst, 2 s after"),
        red(ID, "edge-stream-refused", stream([], "closed", status=502), "answered by 502"),
        red(ID, "edge-stream-refused", stream([], "closed", content_type="text/html"), "no event stream", name="page"),
        red(ID, "edge-stream-refused", seen(ended="closed"), "ends without an event", name="empty"),
        red(ID, "edge-stream-broken-off", seen(0.2, 0.4, ended="reset"), "breaks off after 2 events: reset"),
        red(ID, "edge-stream-broken-off", seen(ended="timeout"), "after 0 events: timeout", name="silent"),
    ],
)
def test_a_fault_is_found(whole: EventStream, reason: str) -> None:
    """Held back, refused, or cut off."""
    verdict = edge_stream(whole)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


def test_too_few_events_tell_nothing() -> None:
    """Two events after a long silence may have been held back, or may be all there was."""
    verdict = edge_stream(seen(3.0, 3.0))

    assert verdict.outcome is Outcome.UNMEASURED
    assert "longer answer" in verdict.remedy


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert edge_stream(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it


@pytest.mark.parametrize("body", HOSTILE)
def test_no_answer_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends instead of events, there is a red verdict."""
    answer = stream([], "closed", content_type=body[:300].decode("latin-1"))
    verdict = edge_stream(replace(answer, opening=replace(answer.opening, body=body)))

    assert verdict.outcome is Outcome.FAIL
    assert is_complete(verdict)
