"""A small HTTP/2 server that misbehaves on command: the path names the behaviour."""

# ruff: noqa: D102 - the name of a behaviour says what it does

from __future__ import annotations

import asyncio
import contextlib
import ssl
from types import TracebackType
from typing import Self, cast

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, RequestReceived, StreamEnded, WindowUpdated
from h2.exceptions import H2Error

Headers = list[tuple[str, str]]


class H2Server:
    """Runs the server, over TLS or by prior knowledge."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self.visits: list[H2Visit] = []

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._visit, "127.0.0.1", 0, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def _visit(self) -> H2Visit:
        self.visits.append(H2Visit())
        return self.visits[-1]

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for visit in self.visits:
            visit.transport.abort()
        await asyncio.sleep(0.01)

    def url(self, name: str) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}/{name}"


class H2Visit(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self.headers: dict[int, dict[str, str]] = {}
        self.bodies: dict[int, bytearray] = {}
        self.endless: set[int] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)
        self.h2.initiate_connection()
        self.flush()

    def flush(self) -> None:
        self.transport.write(self.h2.data_to_send())

    def data_received(self, data: bytes) -> None:
        with contextlib.suppress(H2Error):
            for event in self.h2.receive_data(data):
                if isinstance(event, RequestReceived):
                    self.headers[event.stream_id] = dict(cast("Headers", event.headers))
                    self.bodies[event.stream_id] = bytearray()
                elif isinstance(event, DataReceived):
                    self.bodies[event.stream_id] += event.data
                    self.h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                elif isinstance(event, StreamEnded):
                    getattr(self, self.headers[event.stream_id][":path"].strip("/"))(event.stream_id)
                elif isinstance(event, WindowUpdated):
                    for stream in self.endless:
                        self.fill(stream)
        self.flush()

    def begin(self, stream: int, *headers: tuple[str, str], end: bool = False) -> None:
        self.h2.send_headers(stream, [(":status", "200"), *headers], end_stream=end)

    def ok(self, stream: int) -> None:
        self.begin(stream, ("x-one", "1"), ("x-one", "2"))
        self.h2.send_data(stream, b"hello", end_stream=True)

    def length(self, stream: int) -> None:
        self.begin(stream)
        told = f"{len(self.bodies[stream])} {self.headers[stream]}"
        self.h2.send_data(stream, told.encode(), end_stream=True)

    def interim(self, stream: int) -> None:
        self.h2.send_headers(stream, [(":status", "103")])
        self.ok(stream)

    def nothing(self, stream: int) -> None:
        self.begin(stream, ("content-length", "0"), end=True)

    def resets(self, stream: int) -> None:
        self.h2.reset_stream(stream, ErrorCodes.INTERNAL_ERROR)

    def resets_in_body(self, stream: int) -> None:
        self.begin(stream)
        self.h2.send_data(stream, b"abc")
        self.h2.reset_stream(stream, ErrorCodes.ENHANCE_YOUR_CALM)

    def goes_away(self, stream: int) -> None:  # noqa: ARG002 - without a look at it
        self.h2.close_connection(ErrorCodes.NO_ERROR, last_stream_id=0)

    def goes_after(self, stream: int) -> None:
        self.ok(stream)
        self.h2.close_connection(ErrorCodes.NO_ERROR, last_stream_id=stream)

    def stalls(self, stream: int) -> None:
        """Never answers."""

    def stalls_in_body(self, stream: int) -> None:
        self.begin(stream)
        self.h2.send_data(stream, b"abc")

    def lies(self, stream: int) -> None:
        self.begin(stream, ("content-length", "100"))
        self.h2.send_data(stream, b"abc", end_stream=True)

    def many_headers(self, stream: int) -> None:
        self.begin(stream, *[(f"x{number}", "1") for number in range(300)], end=True)

    def drops(self, stream: int) -> None:
        self.begin(stream)
        self.h2.send_data(stream, b"abc")
        self.flush()
        self.transport.close()

    def forever(self, stream: int) -> None:
        self.begin(stream)
        self.endless.add(stream)
        self.fill(stream)

    def fill(self, stream: int) -> None:
        while (room := min(self.h2.local_flow_control_window(stream), 16384)) > 0:
            self.h2.send_data(stream, b"x" * room)

    def garbage(self, stream: int) -> None:  # noqa: ARG002 - without a look at it
        self.transport.write(b"\0\0\1\0\0\0\0\0\0x")  # data on stream 0

    def events(self, stream: int) -> None:
        self.begin(stream, ("content-type", "text/event-stream"))
        self.h2.send_data(stream, b"data: a\n\ndata: [DONE]\n\n")
