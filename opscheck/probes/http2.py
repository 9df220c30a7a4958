"""One HTTP/2 connection, one stream at a time. Imported only where HTTP/2 is wanted."""

from __future__ import annotations

import asyncio
import socket
from typing import cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    InformationalResponseReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import H2Error, InvalidBodyLengthError
from h2.settings import SettingCodes

from opscheck.model import Kind
from opscheck.probes.answer import Answer
from opscheck.probes.connection import Connection
from opscheck.probes.failure import Failure, Stale
from opscheck.probes.http1_reader import text
from opscheck.probes.outgoing import Outgoing


class Http2Connection(Connection):
    """Writes a request as a stream and feeds the answer to whoever asked."""

    def __init__(self, opened: socket.socket, peer: str) -> None:
        super().__init__(opened, peer)
        self._h2 = H2Connection(H2Configuration(client_side=True, header_encoding=None))
        self._stream = 0
        self._body = memoryview(b"")
        self._wire = 0
        self._interim = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called once TCP, or TLS, is there."""
        self._transport = cast("asyncio.Transport", transport)
        self._h2.local_settings[SettingCodes.ENABLE_PUSH] = 0
        self._h2.initiate_connection()
        self._flush()

    async def ask(self, outgoing: Outgoing, answer: Answer) -> None:
        """Send the request and wait until its answer is done; what became of it stands in the answer."""
        if self._transport is None or self.closed:
            answer.fail(Stale(Kind.RESET, f"{self.peer} closed the idle connection"))
            return
        self._answer, self._wire, self._interim = answer, 0, 0
        try:
            answer.trace.stage = "answer"
            answer.trace.mark_sent()
            self._send(outgoing, answer)
            await answer.wait()
        finally:
            self._answer = None
            if self._body or not answer.reusable:
                self.abort()
            self._body = memoryview(b"")

    def _send(self, outgoing: Outgoing, answer: Answer) -> None:
        try:
            self._stream = self._h2.get_next_available_stream_id()
            self._body = memoryview(outgoing.body)
            self._h2.send_headers(self._stream, outgoing.http2(), end_stream=not self._body)
            self._pump()
        except (H2Error, ValueError) as error:
            answer.fail(Failure(Kind.PROTOCOL, f"the request cannot be sent over HTTP/2: {_words(error)}"))
        self._flush()

    def _pump(self) -> None:
        """Send as much of the body as the peer has room for."""
        while self._body:
            room = min(self._h2.local_flow_control_window(self._stream), self._h2.max_outbound_frame_size)
            if room <= 0:
                return
            piece, self._body = self._body[:room], self._body[room:]
            self._h2.send_data(self._stream, bytes(piece), end_stream=not self._body)

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and self._transport is not None:
            self._transport.write(data)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio: frames, of our stream or of the connection."""
        answer = self._answer
        try:
            for event in self._frames(data):
                self._event(event, answer)
            if answer is not None and not answer.done:
                self._bounded(answer, len(data))
                self._pump()
            self._flush()
        except Failure as failure:
            self._failed(failure)
        except InvalidBodyLengthError as error:
            told = f"{error.actual_length} bytes of body where {error.expected_length} were announced"
            self._failed(Failure(Kind.PROTOCOL, f"the answer ended with {told}"))
        except (H2Error, ValueError, KeyError) as error:
            self._failed(Failure(Kind.PROTOCOL, f"the answer is not valid HTTP/2: {_words(error)}"))

    def _frames(self, data: bytes) -> list[Event]:
        if data.startswith(b"HTTP/"):
            raise Failure(Kind.PROTOCOL, f"{self.peer} answered in HTTP/1.1 to a request over HTTP/2")
        return self._h2.receive_data(data)

    def _bounded(self, answer: Answer, length: int) -> None:
        self._wire += length
        if self._wire > 8 * answer.caps.body + 16 * answer.caps.header_bytes:
            raise Failure(Kind.TOO_LARGE, "the frames around the answer are far longer than the answer")

    def _failed(self, failure: Failure) -> None:
        self.closed = True
        if self._answer is not None:
            self._answer.fail(failure)
        else:
            self.abort()

    def _event(self, event: Event, answer: Answer | None) -> None:
        if isinstance(event, ConnectionTerminated):
            self._going_away(event, answer)
            return
        if isinstance(event, DataReceived):
            self._h2.acknowledge_received_data(event.flow_controlled_length or 0, event.stream_id)
        if answer is None or answer.done or getattr(event, "stream_id", None) != self._stream:
            return
        answer.arrived()
        if isinstance(event, ResponseReceived):
            self._headers(event, answer)
        elif isinstance(event, InformationalResponseReceived):
            self._interim += 1
            if self._interim > answer.caps.header_count:
                raise Failure(Kind.TOO_LARGE, f"more than {answer.caps.header_count} interim answers")
        elif isinstance(event, DataReceived):
            answer.data(event.data or b"")
        elif isinstance(event, StreamEnded):
            answer.end(reusable=True)
        elif isinstance(event, StreamReset):
            raise Failure(Kind.RESET, f"{self.peer} reset the stream ({_code(event.error_code)})")

    def _headers(self, event: ResponseReceived, answer: Answer) -> None:
        received = [(text(bytes(name)), text(bytes(value))) for name, value in event.headers or ()]
        headers = tuple((name, value) for name, value in received if not name.startswith(":"))
        caps = answer.caps
        if len(headers) > caps.header_count:
            raise Failure(Kind.TOO_LARGE, f"the answer has more than {caps.header_count} headers")
        if sum(len(name) + len(value) for name, value in headers) > caps.header_bytes:
            raise Failure(Kind.TOO_LARGE, f"the headers are longer than {caps.header_bytes} bytes")
        status = dict(received).get(":status", "")
        if not (status.isascii() and status.isdigit() and len(status) == 3):
            raise Failure(Kind.PROTOCOL, "the answer has no valid status")
        answer.begin(int(status), "", "2", headers)

    def _going_away(self, event: ConnectionTerminated, answer: Answer | None) -> None:
        self.closed = True
        if answer is None:
            self.abort()
        elif not answer.done and (event.last_stream_id or 0) < self._stream:
            kind = Stale if self.used and not answer.begun else Failure
            code = _code(event.error_code)
            answer.fail(kind(Kind.RESET, f"{self.peer} ended the connection (GOAWAY, {code}) without an answer"))

    def eof_received(self) -> None:
        """Called by asyncio: the peer ended its side."""
        self._ended("closed")

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio: the connection is gone."""
        self._ended("closed" if exc is None else "reset")
        self._transport = None

    def _ended(self, how: str) -> None:
        self.closed = True
        answer = self._answer
        if answer is None or answer.done:
            return
        if answer.begun:
            answer.fail(
                Failure(Kind.RESET, f"{self.peer} {how} the connection after {answer.raw_length} bytes of body")
            )
        else:
            kind = Stale if self.used else Failure
            answer.fail(kind(Kind.RESET, f"{self.peer} {how} the connection without an answer"))


def _code(code: object) -> str:
    try:
        return ErrorCodes(int(cast("int", code))).name
    except (ValueError, TypeError):
        return "unknown error"


def _words(error: Exception) -> str:
    return " ".join(str(error).split())[:80].rstrip(".") or type(error).__name__
