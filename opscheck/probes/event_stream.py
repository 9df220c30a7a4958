"""Server-sent events from bytes: pure, incremental, by the rules of the HTML standard.

Lines end in CR, LF or CRLF and in nothing else; a block without data and a block without its final blank line
are not dispatched.
"""

from __future__ import annotations

import codecs
from typing import Final

from opscheck.model import StreamEvent

_BOM: Final = "\ufeff"
_MOST_PIECES: Final = 1000  # of an unfinished line, before they are joined


class EventParser:
    r"""Feed it pieces as they arrive; it gives the events that a browser would dispatch.

    >>> parser = EventParser()
    >>> parser.feed(b"data: a\r", 0.1), [event.data for event in parser.feed(b"\n\r\n", 0.2)]
    ([], ['a'])

    Attributes:
        retry: the last `retry:` in milliseconds.
    """

    __slots__ = ("_data", "_decoder", "_event", "_id", "_line", "_skip_lf", "_started", "retry")

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line: list[str] = []
        self._skip_lf = False
        self._started = False
        self._data: list[str] = []
        self._event = ""
        self._id = ""
        self.retry: int | None = None

    def feed(self, piece: bytes, after: float) -> list[StreamEvent]:
        """The events that this piece completes, each marked with its arrival."""
        text = self._decoder.decode(piece)
        if not self._started and text:
            self._started = True
            text = text.removeprefix(_BOM)
        if self._skip_lf and text:
            self._skip_lf = False
            text = text.removeprefix("\n")
        if text.endswith("\r"):
            self._skip_lf = True
        *lines, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        events: list[StreamEvent] = []
        for line in lines:
            if self._line:
                line = "".join(self._line) + line  # noqa: PLW2901 - the line began in an earlier piece
                self._line.clear()
            if line:
                self._field(line)
            elif (event := self._dispatch(after)) is not None:
                events.append(event)
        if rest:
            self._line.append(rest)
            if len(self._line) > _MOST_PIECES:
                self._line = ["".join(self._line)]
        return events

    def _field(self, line: str) -> None:
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id":
            if "\0" not in value:
                self._id = value
        elif name == "retry" and value.isascii() and value.isdigit():
            self.retry = int(value[:15])

    def _dispatch(self, after: float) -> StreamEvent | None:
        data, event = self._data, self._event
        self._data, self._event = [], ""
        if not data:
            return None
        return StreamEvent("\n".join(data), event or "message", self._id, after)
