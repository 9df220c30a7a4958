"""Server-sent events, cut out of a stream of bytes."""

from __future__ import annotations

_BOM = b"\xef\xbb\xbf"


class EventLines:
    """Collects the data of events. Lines end in CR, LF or CRLF only; an event is given once its blank line came.

    >>> EventLines().feed(b"data: a" + bytes([10, 10]))
    ['a']
    """

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        self._first = True

    def feed(self, chunk: bytes) -> list[str]:
        """Take some bytes and give the data of all events that they complete."""
        pending = self._rest + chunk
        if self._first and len(pending) >= len(_BOM):
            pending = pending.removeprefix(_BOM)
            self._first = False
        # A CR at the very end may be half of a CRLF: it waits for the next chunk.
        held = b"\r" if pending.endswith(b"\r") else b""
        if held:
            pending = pending[:-1]
        *lines, rest = pending.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest = rest + held
        return [event for line in lines for event in self._take(line)]

    def _take(self, line: bytes) -> list[str]:
        if not line:
            data, self._data = self._data, []
            return [b"\n".join(data).decode("utf-8", "replace")] if data else []
        field, _, value = line.partition(b":")
        if field == b"data":
            self._data.append(value.removeprefix(b" "))
        return []
