"""Literal observations, made in one line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

from opscheck.model import EventStream, HttpExchange, Kind, Phases, Request, StreamEvent, Unmeasured

NOW: Final = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)
EPOCH: Final = int(NOW.timestamp())
URL: Final = "http://service.example/asked"

HOSTILE: Final[tuple[bytes, ...]] = (
    b"",
    b"\xff\xfe\x00",
    b"\xef\xbb\xbf{}",
    b"{",
    b"NaN",
    b'{"status": NaN}',
    b'{"a": 1e999}',
    b'{"a": ' + b"9" * 5000 + b"}",
    b'{"a": 1, "a": 2}',
    b'{"a": "\\ud800"}',
    b"[" * 100_000,
    b'{"a":' * 200 + b"1" + b"}" * 200,
    b"null",
    b"[]",
    b"7",
    b'"text"',
    b"{}",
    b'{"status": 5, "ready": "no", "ok": [], "checks": [], "llm": [], "steps": {}, "messages": 7}',
    b'{"status": {}, "checks": {"llm": 1, "sqlite": [[]]}, "llm": {"path": 3, "since": []}, "steps": [[1], 2]}',
    b'{"choices": [3], "id": 1, "object": [], "created": "x", "model": null, "conversation_id": {}}',
    b'{"choices": [{"message": [], "index": "0"}], "id": "a", "model": "b", "object": "chat.completion"}',
    b'{"response": 1, "conversation_id": "c", "messages": [{"content": {}}, {"content": [1]}], "created_at": 5}',
    b'{"steps": [{"type": []}, {"type": "tool", "name": {}, "status": {}}], "metadata": {"tool_results": 3}}',
    b"<script>alert(1)</script>\r\n\x1b[31m",
)


def http(
    body: object = b"",
    status: int = 200,
    *,
    seconds: float = 0.05,
    content_type: str = "application/json",
    headers: Sequence[tuple[str, str]] = (),
    sent: object = None,
    origin: str = "",
) -> HttpExchange:
    """An answer; a body that is no bytes is sent as JSON, `sent` is the JSON body of the request."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    request = Request("POST" if sent is not None else "GET", URL)
    if sent is not None:
        request = request.with_json(sent)
    if origin:
        request = request.with_headers(origin=origin)
    every = (("content-type", content_type), *headers)
    phases = Phases(None, 0.001, None, seconds, seconds)
    return HttpExchange(request, status, "", "1.1", every, raw, len(raw), phases, NOW)


def refused(cause: str = "") -> Unmeasured:
    """Nothing listens there."""
    return Unmeasured(Kind.REFUSED, "connection refused by 127.0.0.1:9", URL, NOW, cause=cause)


def hung(seconds: float = 30.0, *, reused: bool = False) -> Unmeasured:
    """The peer was reached and did not answer."""
    how = "(on an open connection)" if reused else "(connected in 1 ms)"
    phases = Phases(connect=0.0 if reused else 0.001, total=seconds)
    return Unmeasured(Kind.TIMEOUT, f"no answer within {seconds:.1f} s {how}", URL, NOW, phases)


def stream(
    events: Sequence[StreamEvent], ended: str = "done", *, status: int = 200, content_type: str = "text/event-stream"
) -> EventStream:
    """A stream of these events."""
    opening = http(b"", status, content_type=content_type)
    return EventStream(opening, tuple(events), tuple(event.after for event in events), ended)


def chunk(after: float, text: str | None = None, finish: str | None = None, **more: Any) -> StreamEvent:  # noqa: ANN401
    """One chunk of a streamed completion."""
    choice = {"index": 0, "delta": {} if text is None else {"content": text}, "finish_reason": finish}
    return StreamEvent(
        json.dumps({"id": "c", "object": "chat.completion.chunk", "choices": [choice], **more}), after=after
    )


def done(after: float) -> StreamEvent:
    """The event that closes a stream."""
    return StreamEvent("[DONE]", after=after)
