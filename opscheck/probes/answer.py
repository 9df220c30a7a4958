"""One answer as it arrives: a connection feeds it, its caps refuse, and whoever asked waits for it."""

from __future__ import annotations

import asyncio

from opscheck.model import Kind
from opscheck.probes.decode import Decoder, decoders
from opscheck.probes.failure import Failure
from opscheck.probes.limits import Caps
from opscheck.probes.trace import Trace


class Answer:
    """Collects status, headers and body of one answer.

    Attributes:
        begun: the final headers are there.
        done: whole, failed or no longer wanted; nothing more is taken.
        reusable: it ended cleanly, so its connection may carry another request.
        failure: why it is not whole.
        raw_length: bytes of the body as received, before decoding.
    """

    __slots__ = (
        "_decoded",
        "_decoders",
        "_kept",
        "_waiter",
        "begun",
        "caps",
        "done",
        "failure",
        "headers",
        "method",
        "raw_length",
        "reason",
        "reusable",
        "status",
        "trace",
        "version",
    )

    def __init__(self, method: str, caps: Caps, trace: Trace) -> None:
        self.method = method
        self.caps = caps
        self.trace = trace
        self.status = 0
        self.reason = ""
        self.version = ""
        self.headers: tuple[tuple[str, str], ...] = ()
        self.raw_length = 0
        self.begun = self.done = self.reusable = False
        self.failure: Failure | None = None
        self._kept: bytes | bytearray = b""
        self._decoded = 0
        self._decoders: list[Decoder] = []
        self._waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def again(self) -> None:
        """Ready for a second connection, because the first brought no byte of it."""
        self.done, self.failure = False, None
        self._waiter = asyncio.get_running_loop().create_future()

    async def wait(self) -> None:
        """Until the answer is done."""
        await self._waiter

    def begin(self, status: int, reason: str, version: str, headers: tuple[tuple[str, str], ...]) -> None:
        """The final headers. Raises Failure where the body to come cannot be taken."""
        self.status, self.reason, self.version, self.headers = status, reason, version, headers
        self.begun = True
        self.trace.stage = "body"
        self.opened()
        if self.method == "HEAD" or status in (204, 304):
            return
        for name, value in headers:
            if name == "content-encoding":
                self._decoders = decoders(value) + self._decoders
            elif name == "content-length" and self.refuses(value):
                raise Failure(Kind.TOO_LARGE, f"a body of {value[:20]} bytes is more than {self.caps.body}")

    def arrived(self) -> None:
        """A piece came over the network; what it holds of this answer follows."""
        if self.trace.first_byte is None:
            self.trace.first_byte = self.trace.since_sent()

    def opened(self) -> None:
        """The headers are known; a kind of answer may choose what to do with the body."""

    def refuses(self, content_length: str) -> bool:
        """An announced body is too large to be worth beginning."""
        return content_length.isascii() and content_length.isdigit() and int(content_length[:20]) > self.caps.body

    def data(self, piece: bytes) -> None:
        """A piece of body. Raises Failure where it cannot be taken."""
        self.raw_length += len(piece)
        self.trace.body_bytes = self.raw_length
        surplus = self.raw_length - self.caps.body
        self.take(self.decoded(piece[: len(piece) - surplus] if surplus > 0 else piece))
        if surplus > 0 and not self.done:
            raise Failure(Kind.TOO_LARGE, f"the body is longer than {self.caps.body} bytes")

    def decoded(self, piece: bytes) -> bytes:
        """A piece with its content-encoding removed."""
        for decoder in self._decoders:
            piece = decoder.feed(piece, self.caps.body)
        return piece

    def take(self, piece: bytes) -> None:
        """A decoded piece: kept, up to the cap."""
        room = self.caps.body - self._decoded
        self._decoded += len(piece)
        kept = piece if len(piece) <= room else piece[:room]
        if not self._kept:
            self._kept = kept
        elif isinstance(self._kept, bytes):
            self._kept = bytearray(self._kept)
            self._kept += kept
        else:
            self._kept += kept
        if len(piece) > room:
            raise Failure(Kind.TOO_LARGE, f"the decoded body is longer than {self.caps.body} bytes")

    @property
    def body(self) -> bytes:
        """The decoded body so far."""
        return bytes(self._kept)

    def end(self, *, reusable: bool) -> None:
        """The answer is whole. Raises Failure where its encoding is not."""
        for decoder in self._decoders:
            decoder.end()
        self.reusable = reusable
        self.finish()

    def fail(self, failure: Failure) -> None:
        """The answer will not become whole."""
        if not self.done:
            self.failure = failure
            self.reusable = False
            self.finish()

    def finish(self) -> None:
        """Nothing more is taken."""
        self.done = True
        if not self._waiter.done():
            self._waiter.set_result(None)
