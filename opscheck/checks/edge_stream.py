"""A stream passes the edge piece by piece."""

from __future__ import annotations

from typing import Final

from opscheck.checks._stream import BROKEN, FEW, in_one_burst
from opscheck.checks._words import error_text, failed, passed, seconds_text, shown, status_line, unclear
from opscheck.model import EventStream, Verdict
from opscheck.registry import check

_EXPECTED: Final = "text/event-stream, each event as it is sent"
_AT_ONCE: Final = 0.05  # seconds within which nobody notices what is held back


@check(
    "edge-stream",
    promise="Events pass the edge one by one as the service sends them.",
    concern="edge",
    faults={
        "edge-stream-buffered": "the edge holds events back and delivers them in one burst",
        "edge-stream-refused": "the stream is answered by an error, or by something else than events",
        "edge-stream-broken-off": "the stream breaks off at the edge",
    },
    remedy="switch buffering and compression off for event streams (proxy_buffering off), and let them last",
)
def edge_stream(stream: EventStream) -> Verdict:
    """Judge a stream by when its events came, whatever they say."""
    times = [event.after for event in stream.events]
    observed = _observed(stream, times)
    wrong, cause = _defect(stream, times)
    if wrong:
        return failed(wrong, expected=_EXPECTED, observed=observed, likely_cause=cause)
    if len(times) >= FEW:
        reason = f"{len(times)} events came over {seconds_text(times[-1] - times[0])}"
        return passed(reason, expected=_EXPECTED, observed=observed)
    if times[-1] <= _AT_ONCE:
        reason = f"the last event came after {seconds_text(times[-1])}: nobody had to wait"
        return passed(reason, expected=_EXPECTED, observed=observed)
    reason = f"with {len(times)} events it cannot be told whether they were held back"
    return unclear(
        reason, expected=_EXPECTED, observed=observed, remedy="ask for a longer answer: expect.chat.max_tokens"
    )


def _defect(stream: EventStream, times: list[float]) -> tuple[str, str]:
    """What is wrong and its likely cause; empty where nothing is."""
    opening = stream.opening
    if opening.status != 200:
        return f"the stream is answered by {opening.status}: {error_text(opening)}", ""
    if opening.content_type != "text/event-stream":
        return f"the answer is {shown(opening.content_type, 60)}, no event stream", ""
    if stream.ended in BROKEN:
        cause = "a read timeout of the edge is shorter than the service's silences" if times else ""
        return f"the stream breaks off after {len(times)} events: {stream.ended}", cause
    if not times:
        return "the stream ends without an event", ""
    if times[-1] > _AT_ONCE and in_one_burst(times):
        cause = "the edge buffers the answer, or compresses it"
        return f"all {len(times)} events came in one burst, {seconds_text(times[0])} after the request", cause
    return "", ""


def _observed(stream: EventStream, times: list[float]) -> str:
    when = f"first after {seconds_text(times[0])}, last after {seconds_text(times[-1])}" if times else "none"
    return f"{status_line(stream.opening)}; {len(times)} events, {when}, {stream.ended}"
