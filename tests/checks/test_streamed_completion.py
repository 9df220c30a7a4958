"""A stream is judged by the order and the spacing of its events."""

import pytest

from opscheck.checks.streamed_completion import streamed_completion
from opscheck.model import EventStream, Outcome, StreamEvent, Verdict
from tests.checks.answers import HOSTILE, chunk, done, refused, stream
from tests.checks.proofs import is_complete, red

ID = "streamed-completion"


def judge(seen: EventStream) -> Verdict:
    """With the budget of the tests."""
    return streamed_completion(seen, first_token_seconds=5)


def pieces(first: float, gap: float, count: int = 6) -> list[StreamEvent]:
    """A whole stream of text that arrives at this pace."""
    last = first + gap * count
    texts = [chunk(first + gap * place, f"w{place} ") for place in range(count)]
    return [chunk(first, ""), *texts, chunk(last, None, "stop"), done(last)]


USAGE = StreamEvent('{"object": "chat.completion.chunk", "choices": [], "usage": {"total_tokens": 3}}', after=0.4)
ERROR = StreamEvent('{"error": {"message": "model gone"}}', event="error", after=0.3)


@pytest.mark.proof(check=ID, outcome="PASS")
@pytest.mark.parametrize(
    "events",
    [
        pieces(0.3, 0.02),
        pieces(0.010, 0.0002),  # a fast model: little spread, but the first piece was no later
        pieces(3.0, 0.004, 8),  # 28 ms of spread
        pieces(2.0, 0.0, 3),  # too few to tell
        [chunk(0.2, "a"), chunk(0.3, "b", "length"), USAGE, done(0.4)],
    ],
)
def test_a_whole_stream_passes(events: list[StreamEvent]) -> None:
    """Whatever the pace, as long as the pieces were not held back."""
    assert judge(stream(events)).outcome is Outcome.PASS


def test_few_pieces_say_that_they_tell_nothing() -> None:
    """A pass on one or two pieces does not claim that nothing is buffered."""
    assert "cannot be told" in judge(stream(pieces(1.0, 0.0, 1))).reason


@pytest.mark.parametrize(
    ("seen", "reason"),
    [
        red(ID, "stream-no-done", stream(pieces(0.3, 0.02)[:-1], "closed"), "without [DONE]"),
        red(ID, "stream-no-done", stream([], "closed"), "ends after 0 events without [DONE]", name="empty"),
        red(ID, "stream-burst", stream(pieces(2.0, 0.0005)), "arrived in one burst, 2 s after"),
        red(ID, "stream-slow-first-token", stream(pieces(6.0, 0.3)), "the first text came after 6 s"),
        red(
            ID, "stream-out-of-order", stream([chunk(0.1, "a", "stop"), chunk(0.2, "b"), done(0.3)]), "follows the fin"
        ),
        red(ID, "stream-out-of-order", stream([chunk(0.1, "a"), done(0.2)]), "without a finish", name="no-finish"),
        red(ID, "stream-out-of-order", stream([chunk(0.1, None, "stop"), done(0.2)]), "no text", name="no-text"),
        red(ID, "stream-out-of-order", stream([*pieces(0.3, 0.02), USAGE]), "events follow [DONE]", name="after-done"),
        red(ID, "stream-out-of-order", stream([StreamEvent("hello"), done(0.2)]), "is no chunk", name="no-chunk"),
        red(ID, "stream-not-event-stream", stream([], "closed", content_type="application/json"), "no event stream"),
        red(ID, "stream-not-event-stream", stream([], "closed", status=500), "answered by 500", name="error-status"),
        red(ID, "stream-broken-off", stream(pieces(0.3, 0.02)[:4], "reset"), "breaks off after 4 events: reset"),
        red(ID, "stream-broken-off", stream(pieces(0.3, 0.02)[:4], "timeout"), "4 events: timeout", name="timeout"),
        red(ID, "stream-error-event", stream([chunk(0.1, "a"), ERROR], "closed"), "carries an error"),
        red(
            ID,
            "stream-error-event",
            stream([StreamEvent('{"error": "gone"}'), done(0.2)]),
            "carries an error: 'gone'",
            name="error-as-data",
        ),
    ],
)
def test_a_fault_is_found(seen: EventStream, reason: str) -> None:
    """Each way of streaming badly fails and says which it is."""
    verdict = judge(seen)

    assert verdict.outcome is Outcome.FAIL
    assert reason in verdict.reason
    assert is_complete(verdict)


@pytest.mark.proof(check=ID, outcome="UNMEASURED")
def test_what_was_not_reached_is_unmeasured() -> None:
    """A refused connection is no verdict."""
    assert judge(refused()).outcome is Outcome.UNMEASURED  # type: ignore[arg-type] # the registry answers for it


@pytest.mark.parametrize("body", HOSTILE)
def test_no_event_breaks_the_judgement(body: bytes) -> None:
    """Whatever a server sends, there is a red verdict."""
    event = StreamEvent(body.decode("utf-8", "replace"), after=0.1)

    assert judge(stream([event, done(0.2)])).outcome is Outcome.FAIL
