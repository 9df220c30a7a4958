"""Answers that HTTP allows, the odd ones too, and redirects."""

# ruff: noqa: D103 - the name of a behaviour says what it does

from __future__ import annotations

import asyncio
import gzip
import zlib

from tests.probes.visit import Visit, behaviour


async def bad_request(visit: Visit) -> None:
    """What is answered to a path without a behaviour, such as the preface of HTTP/2."""
    await visit.send(b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\n\r\n")


@behaviour
async def ok(visit: Visit) -> None:
    await visit.answer(b"hello", "content-type: text/plain", "X-One: 1", "x-one: 2")


@behaviour
async def echo(visit: Visit) -> None:
    await visit.answer(visit.head)


@behaviour
async def empty(visit: Visit) -> None:
    await visit.answer(b"", status="204 No Content", length=False)


@behaviour
async def not_modified(visit: Visit) -> None:
    await visit.answer(b"", "content-length: 500", status="304 Not Modified", length=False)


@behaviour
async def head(visit: Visit) -> None:
    await visit.answer(b"", "content-length: 500", "content-encoding: gzip", length=False)


@behaviour
async def early_hints(visit: Visit) -> None:
    await visit.send(b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")
    await visit.answer(b"after")


@behaviour
async def chunked(visit: Visit) -> None:
    await visit.answer(
        b"3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\ntrailer: x\r\n\r\n", "transfer-encoding: chunked", length=False
    )


@behaviour
async def until_close(visit: Visit) -> None:
    await visit.send(b"HTTP/1.0 200 OK\r\ncontent-type: text/plain\r\n\r\nold style")


@behaviour
async def announces_upgrade(visit: Visit) -> None:
    await visit.answer(b"plain", "upgrade: h2c", "connection: upgrade")


@behaviour
async def gzipped(visit: Visit) -> None:
    await visit.answer(gzip.compress(b"hello " * 100), "content-encoding: gzip")


@behaviour
async def gzipped_twice(visit: Visit) -> None:
    body = gzip.compress(b"one,") + gzip.compress(b"two")
    await visit.answer(gzip.compress(body), "content-encoding: gzip, gzip")


@behaviour
async def deflated(visit: Visit) -> None:
    await visit.answer(zlib.compress(b"hello"), "content-encoding: deflate")


@behaviour
async def deflated_raw(visit: Visit) -> None:
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    await visit.answer(engine.compress(b"hello") + engine.flush(), "content-encoding: deflate")


@behaviour
async def bad_utf8(visit: Visit) -> None:
    await visit.answer(b"\xff\xfe caf\xe9", "x-latin: caf\xe9")


@behaviour
async def early(visit: Visit) -> None:
    """Answers without reading the body."""
    await visit.send(b"HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\nconnection: close\r\n\r\nno")
    await asyncio.sleep(0.2)


@behaviour
async def closes_idle(visit: Visit) -> None:
    """Promises to keep the connection, and closes it a moment later."""
    await visit.answer(b"bye")
    visit.keep_open = False


@behaviour
async def loop(visit: Visit) -> None:
    await visit.answer(b"", "location: /loop", status="302 Found")


@behaviour
async def chain(visit: Visit) -> None:
    """/chain/3 leads by three hops to /echo."""
    left = int(visit.path.rpartition("/")[2])
    to = f"/chain/{left - 1}" if left > 1 else "/echo"
    await visit.answer(b"", f"location: {to}", status="307 Temporary Redirect")


@behaviour
async def see_other(visit: Visit) -> None:
    await visit.answer(b"", "location: /echo", status="303 See Other")


@behaviour
async def other_origin(visit: Visit) -> None:
    to = f"http://user:hunter2@localhost:{visit.port}/echo"
    await visit.answer(b"", f"location: {to}", status="308 Permanent Redirect")


@behaviour
async def to_nowhere(visit: Visit) -> None:
    await visit.answer(b"", "location: ftp://host/", status="302 Found")
