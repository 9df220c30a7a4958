"""One HTTP/1.1 connection: an asyncio.Protocol of its own, one request at a time."""

from __future__ import annotations

import asyncio
import socket
import ssl
from typing import cast

from opscheck.model import Kind
from opscheck.probes.answer import Answer
from opscheck.probes.connection import Connection
from opscheck.probes.failure import Failure, Stale
from opscheck.probes.http1_reader import Http1Reader
from opscheck.probes.outgoing import Outgoing


class Http1Connection(Connection):
    """Writes a request and feeds the answer to whoever asked."""

    def __init__(self, opened: socket.socket, peer: str) -> None:
        super().__init__(opened, peer)
        self._reader: Http1Reader | None = None
        self._spoke = False

    async def ask(self, outgoing: Outgoing, answer: Answer) -> None:
        """Write the request and wait until its answer is done."""
        if self._transport is None or self.closed:
            answer.fail(self._unusable())
            return
        self._answer = answer
        self._reader = reader = Http1Reader(answer)
        try:
            answer.trace.stage = "answer"
            answer.trace.mark_sent()
            self._transport.write(outgoing.http1())
            await answer.wait()
        finally:
            self._answer = self._reader = None
            if reader.surplus or not answer.reusable:
                self.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called once TCP, or TLS, is there."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Called by asyncio: bytes of an answer, or bytes that nobody asked for."""
        answer, reader = self._answer, self._reader
        if answer is None or reader is None:
            self._spoke = True
            self.abort()
            return
        if answer.done:
            reader.surplus = True
            return
        answer.arrived()
        try:
            reader.feed(data)
        except Failure as failure:
            answer.fail(failure)

    def eof_received(self) -> None:
        """Called by asyncio: the peer ended its side; the transport closes itself."""
        self._ended(None)

    def connection_lost(self, exc: Exception | None) -> None:
        """Called by asyncio: the connection is gone."""
        self._ended(exc)
        self._transport = None

    def _ended(self, error: Exception | None) -> None:
        self.closed = True
        answer, reader = self._answer, self._reader
        if answer is None or reader is None or answer.done:
            return
        clean = error is None or isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError))
        if answer.trace.first_byte is None:
            answer.fail(self._without_answer(clean=clean))
        elif not clean:
            told = f" after {answer.raw_length} bytes of body" if answer.begun else " before its headers ended"
            answer.fail(Failure(Kind.RESET, f"connection reset by {self.peer}{told}"))
        else:
            try:
                reader.end_of_input()
            except Failure as failure:
                answer.fail(failure)

    def _unusable(self) -> Failure:
        if self.used:
            return Stale(Kind.RESET, f"{self.peer} closed the idle connection")
        if self._spoke:
            return Failure(Kind.PROTOCOL, f"{self.peer} spoke before it was asked")
        return Failure(Kind.RESET, f"{self.peer} closed the connection before it was asked")

    def _without_answer(self, *, clean: bool) -> Failure:
        how = "closed" if clean else "reset"
        if self.used:
            return Stale(Kind.RESET, f"{self.peer} {how} the open connection without an answer")
        return Failure(Kind.RESET, f"{self.peer} {how} the connection without an answer")
