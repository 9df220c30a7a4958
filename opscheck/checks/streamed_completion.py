"""A streamed completion arrives piece by piece, in order, and is closed properly."""

from __future__ import annotations

from opscheck.checks._stream import BROKEN, FEW, Chunk, defect_of_order, in_one_burst, read_chunks
from opscheck.checks._words import error_text, failed, passed, seconds_text, shown, status_line
from opscheck.model import EventStream, Verdict
from opscheck.registry import check


@check(
    "streamed-completion",
    promise="A streamed completion begins within its budget, comes piece by piece and in order, and ends with [DONE].",
    concern="smoke",
    faults={
        "stream-no-done": "the stream ends without [DONE]: clients wait for it or report an error",
        "stream-burst": "something buffers the stream, so that all of it arrives at once",
        "stream-slow-first-token": "the first text comes later than its budget",
        "stream-out-of-order": "the events are not chunks with text, then a finish reason, then [DONE]",
        "stream-not-event-stream": "the answer is an error or no event stream",
        "stream-broken-off": "the connection breaks off inside the stream",
        "stream-error-event": "the stream carries an error",
    },
    remedy="ask the service without the edge; look for response buffering, compression and read timeouts in between",
)
def streamed_completion(stream: EventStream, *, first_token_seconds: float) -> Verdict:
    """Judge one stream by the order and the arrival of its events."""
    expected = f"text within {seconds_text(first_token_seconds)}, piece by piece, a finish reason, then [DONE]"
    chunks = read_chunks(stream.events)
    pieces = [chunk for chunk in chunks if chunk.text]
    observed = _observed(stream, pieces)
    wrong = _defect(stream, chunks, pieces, first_token_seconds)
    if wrong:
        return failed(wrong, expected=expected, observed=observed, likely_cause=_cause(wrong))
    if len(pieces) < FEW:
        reason = f"the stream is complete; with {len(pieces)} pieces of text, whether it is buffered cannot be told"
    else:
        reason = (
            f"the stream is complete, its {len(pieces)} pieces of text arrived over {seconds_text(_spread(pieces))}"
        )
    return passed(reason, expected=expected, observed=observed)


def _defect(  # noqa: PLR0911 - one return for each way to fail
    stream: EventStream, chunks: list[Chunk], pieces: list[Chunk], first_token_seconds: float
) -> str:
    opening = stream.opening
    if opening.status != 200:
        return f"the stream is answered by {opening.status}: {error_text(opening)}"
    if opening.content_type != "text/event-stream":
        return f"the answer is {shown(opening.content_type, 60)}, no event stream"
    error = next((chunk.error for chunk in chunks if chunk.error), "")
    if error:
        return f"the stream carries an error: {error}"
    if stream.ended in BROKEN:
        return f"the stream breaks off after {len(stream.events)} events: {stream.ended}"
    order = defect_of_order(chunks)
    if order:
        return order
    first = pieces[0].after
    if first > first_token_seconds:
        return f"the first text came after {seconds_text(first)}"
    if in_one_burst([piece.after for piece in pieces]):
        return f"all {len(pieces)} pieces of text arrived in one burst, {seconds_text(first)} after the request"
    return ""


def _spread(pieces: list[Chunk]) -> float:
    return pieces[-1].after - pieces[0].after


def _cause(wrong: str) -> str:
    return "a proxy in between buffers the answer" if "one burst" in wrong else ""


def _observed(stream: EventStream, pieces: list[Chunk]) -> str:
    first = f"first text after {seconds_text(pieces[0].after)}" if pieces else "no text"
    return f"{status_line(stream.opening)}; {len(stream.events)} events, {first}, {stream.ended}"
