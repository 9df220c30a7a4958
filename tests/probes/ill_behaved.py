"""Answers that break off, stall, lie, never end, or are none."""

# ruff: noqa: D103 - the name of a behaviour says what it does

from __future__ import annotations

import asyncio
import gzip
import zlib

from tests.probes.visit import Visit, behaviour


@behaviour
async def gzip_bad(visit: Visit) -> None:
    await visit.answer(b"this is no gzip at all", "content-encoding: gzip")


@behaviour
async def gzip_cut(visit: Visit) -> None:
    await visit.answer(gzip.compress(b"hello " * 100)[:-12], "content-encoding: gzip")


@behaviour
async def unknown_encoding(visit: Visit) -> None:
    await visit.answer(b"??", "content-encoding: rot13")


@behaviour
async def gzip_bomb(visit: Visit) -> None:
    """A gibibyte of zeros in about a megabyte: the same compressed mebibyte again and again."""
    engine = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    zeros = bytes(1 << 20)
    first = engine.compress(zeros) + engine.flush(zlib.Z_FULL_FLUSH)
    again = engine.compress(zeros) + engine.flush(zlib.Z_FULL_FLUSH)
    await visit.send(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\n\r\n" + first + 1023 * again)


@behaviour
async def reset(visit: Visit) -> None:
    visit.reset()


@behaviour
async def closes(visit: Visit) -> None:
    visit.writer.close()


@behaviour
async def reset_in_body(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n12345")
    await asyncio.sleep(0.05)
    visit.reset()


@behaviour
async def closes_in_headers(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\ncontent-le")


@behaviour
async def stalls(visit: Visit) -> None:
    await asyncio.sleep(30)


@behaviour
async def stalls_in_headers(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    await asyncio.sleep(30)


@behaviour
async def stalls_in_body(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n12345")
    await asyncio.sleep(30)


@behaviour
async def trickles(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
    while True:
        await visit.send(b"x")
        await asyncio.sleep(0.05)


@behaviour
async def body_short(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n12345")


@behaviour
async def body_long(visit: Visit) -> None:
    await visit.answer(b"12345 and more", "content-length: 5", length=False)


@behaviour
async def huge_announced(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n12345")
    await asyncio.sleep(30)


@behaviour
async def endless_headers(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await visit.send(b"x-more: " + b"y" * 2000 + b"\r\n")


@behaviour
async def many_headers(visit: Visit) -> None:
    await visit.answer(b"", *[f"x{number}: 1" for number in range(500)])


@behaviour
async def huge_header(visit: Visit) -> None:
    await visit.answer(b"", "x-huge: " + "y" * 1_000_000)


@behaviour
async def endless_interim(visit: Visit) -> None:
    while True:
        await visit.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)


@behaviour
async def endless_body(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        await visit.send(b"x" * 65536)


@behaviour
async def endless_chunks(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
    while True:
        await visit.send(b"1\r\nx\r\n" * 10_000)


@behaviour
async def endless_trailers(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n")
    while True:
        await visit.send(b"x-more: yyyy\r\n" * 5000)


@behaviour
async def bad_chunk(visit: Visit) -> None:
    await visit.answer(b"zz\r\nabc\r\n", "transfer-encoding: chunked", length=False)


@behaviour
async def chunks_cut(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n")


@behaviour
async def two_framings(visit: Visit) -> None:
    await visit.answer(b"0\r\n\r\n", "transfer-encoding: chunked")


@behaviour
async def garbage(visit: Visit) -> None:
    await visit.send(b"\x16\x03\x01 this is not HTTP\r\n\r\n")


@behaviour
async def nul_header(visit: Visit) -> None:
    await visit.answer(b"", "x-nul: a\0b")


@behaviour
async def bad_status(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 abc OK\r\n\r\n")


@behaviour
async def switches(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nxx")
