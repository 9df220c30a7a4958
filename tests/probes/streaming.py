"""Event streams, good and broken."""

# ruff: noqa: D103 - the name of a behaviour says what it does

from __future__ import annotations

import asyncio
import zlib

from tests.probes.visit import Visit, behaviour


async def begin_stream(visit: Visit, *headers: str) -> None:
    lines = ("HTTP/1.1 200 OK", "content-type: text/event-stream; charset=utf-8", *headers)
    await visit.send("\r\n".join(lines).encode() + b"\r\n\r\n")


@behaviour
async def sse_burst(visit: Visit) -> None:
    await begin_stream(visit)
    await visit.send(b"retry: 250\n\ndata: a\n\ndata: b\n\ndata: [DONE]\n\ndata: late\n\n")
    await asyncio.sleep(30)


@behaviour
async def sse_chunks(visit: Visit) -> None:
    """Three chunks in one piece, then one of its own."""
    await begin_stream(visit, "transfer-encoding: chunked")
    await visit.send(b"9\r\ndata: a\n\n\r\n" * 3)
    await asyncio.sleep(0.05)
    await visit.send(b"9\r\ndata: b\n\n\r\n0\r\n\r\n")


@behaviour
async def sse_closed(visit: Visit) -> None:
    await begin_stream(visit)
    await visit.send(b"data: a\n\ndata: unfinished\n")


@behaviour
async def sse_split(visit: Visit) -> None:
    await begin_stream(visit)
    for piece in (b"\xef\xbb", b"\xbfdata: a\r", b"\n\r", b"\ndata: caf\xc3", b"\xa9\r\n\r\n"):
        await visit.send(piece)
        await asyncio.sleep(0.03)


@behaviour
async def sse_endless(visit: Visit) -> None:
    await begin_stream(visit)
    while True:
        await visit.send(b"data: tick\n\n")
        await asyncio.sleep(0.05)


@behaviour
async def sse_flood(visit: Visit) -> None:
    await begin_stream(visit)
    while True:
        await visit.send(b"data: tick\n\n" * 1000)


@behaviour
async def sse_line(visit: Visit) -> None:
    """One line that never ends."""
    await begin_stream(visit)
    while True:
        await visit.send(b"data: " + b"x" * 65536)


@behaviour
async def sse_broken(visit: Visit) -> None:
    await begin_stream(visit, "transfer-encoding: chunked")
    await visit.send(b"9\r\ndata: a\n\n\r\n")
    await asyncio.sleep(0.05)
    visit.reset()


@behaviour
async def sse_cut(visit: Visit) -> None:
    await begin_stream(visit, "transfer-encoding: chunked")
    await visit.send(b"9\r\ndata: a\n\n\r\n")


@behaviour
async def sse_gzip(visit: Visit) -> None:
    await begin_stream(visit, "content-encoding: gzip")
    engine = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    for data in (b"data: a\n\n", b"data: b\n\n"):
        await visit.send(engine.compress(data) + engine.flush(zlib.Z_SYNC_FLUSH))
        await asyncio.sleep(0.05)
    await visit.send(engine.flush())


@behaviour
async def sse_not(visit: Visit) -> None:
    await visit.answer(b'{"error":"no stream"}', "content-type: application/json", status="500 Oops")
