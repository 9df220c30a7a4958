"""An answer that is read as an event stream while it arrives."""

from __future__ import annotations

from opscheck.model import Kind, StreamEvent
from opscheck.probes.answer import Answer
from opscheck.probes.event_stream import EventParser
from opscheck.probes.failure import Failure
from opscheck.probes.limits import Caps
from opscheck.probes.trace import Trace


class StreamAnswer(Answer):
    """Collects events where the answer is an event stream, else its body.

    Attributes:
        events: the dispatched events.
        arrivals: seconds after the request of each piece of body.
        ended: how it ended; empty while it has not.
    """

    __slots__ = ("_fresh", "_parser", "_streams", "_until", "arrivals", "ended", "events")

    def __init__(self, method: str, caps: Caps, trace: Trace, until: str | None) -> None:
        super().__init__(method, caps, trace)
        self._parser = EventParser()
        self._streams = False
        self._fresh = False
        self._until = until
        self.events: list[StreamEvent] = []
        self.arrivals: list[float] = []
        self.ended = ""

    @property
    def retry(self) -> int | None:
        """The last `retry:` in milliseconds."""
        return self._parser.retry

    def arrived(self) -> None:
        """A piece came over the network: body in it is an arrival of its own."""
        super().arrived()
        self._fresh = True

    def opened(self) -> None:
        """Only an event stream is read as one."""
        types = [value for name, value in self.headers if name == "content-type"]
        self._streams = bool(types) and types[-1].partition(";")[0].strip().lower() == "text/event-stream"

    def refuses(self, content_length: str) -> bool:  # noqa: ARG002 - of whatever length
        """What fits under the cap is shown, whatever the length announced."""
        return False

    def data(self, piece: bytes) -> None:
        """A piece of body, and when it came; several that came together came once."""
        if self._fresh and len(self.arrivals) < self.caps.events:
            self._fresh = False
            self.arrivals.append(self.trace.since_sent())
        super().data(piece)

    def take(self, piece: bytes) -> None:
        """A decoded piece: its events, until the wanted last one."""
        if not self._streams:
            super().take(piece)
            return
        self.count(piece)
        for event in self._parser.feed(piece, self.trace.since_sent()):
            if len(self.events) >= self.caps.events:
                raise Failure(Kind.TOO_LARGE, f"the stream has more than {self.caps.events} events")
            self.events.append(event)
            if self._until is not None and event.data == self._until:
                self.ended = "done"
                self.finish()
                return

    def count(self, piece: bytes) -> None:
        """A decoded piece counts against the cap although it is not kept."""
        self._decoded += len(piece)
        if self._decoded > self.caps.body:
            raise Failure(Kind.TOO_LARGE, f"the decoded stream is longer than {self.caps.body} bytes")
