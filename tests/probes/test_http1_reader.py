"""HTTP/1.1 answers read from bytes: wherever they are cut, and whatever is wrong with them."""

from __future__ import annotations

import asyncio
import random

import pytest

from opscheck.probes.answer import Answer
from opscheck.probes.failure import Failure
from opscheck.probes.http1_reader import Http1Reader
from opscheck.probes.limits import Caps
from opscheck.probes.trace import Trace

SOUND = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: 1\r\nx-a: 2\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nx-a: 1, 2\r\n\r\n2\r\nhe\r\n3;x\r\nllo\r\n0\r\nt: 1\r\n\r\n",
    b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nx-a: 1, 2\r\ncontent-length: 5\r\n\r\nhello",
]


def read(*pieces: bytes, ended: bool = False) -> Answer:
    """Feed pieces until the answer is done, then the end of the connection where it is not."""

    async def scene() -> Answer:
        answer = Answer("GET", Caps(body=1000, header_bytes=500), Trace())
        reader = Http1Reader(answer)
        try:
            for piece in pieces:
                if not answer.done:
                    reader.feed(piece)
            if ended and not answer.done:
                reader.end_of_input()
        except Failure as failure:
            answer.fail(failure)
        return answer

    return asyncio.run(scene())


@pytest.mark.parametrize("sound", SOUND)
def test_cut_anywhere(sound: bytes) -> None:
    """The answer is the same wherever the network cuts."""
    for cut in range(len(sound)):
        answer = read(sound[:cut], sound[cut:])

        assert answer.failure is None
        assert (answer.status, answer.reason, answer.body) == (200, "OK", b"hello")
        assert ", ".join(value for name, value in answer.headers if name == "x-a") == "1, 2"


@pytest.mark.parametrize("sound", SOUND)
def test_ended_anywhere(sound: bytes) -> None:
    """An answer that ends too early is never taken for whole."""
    for length in range(len(sound)):
        answer = read(sound[:length], ended=True)

        assert answer.done
        assert answer.failure is not None


def test_damage() -> None:
    """Damage anywhere ends in an answer or a Failure within the caps, never in anything else."""
    chance = random.Random(7)  # noqa: S311 - damage to repeat, not a secret

    async def scene() -> None:
        for _ in range(5000):
            data = bytearray(chance.choice(SOUND))
            for _ in range(chance.randint(1, 5)):
                data[chance.randrange(len(data))] = chance.choice(b"\0\r\n :;0159afxHT\xff")
            cut = chance.randrange(len(data))
            answer = Answer("GET", Caps(body=1000, header_bytes=500), Trace())
            reader = Http1Reader(answer)
            try:
                for piece in (bytes(data[:cut]), bytes(data[cut:])):
                    if not answer.done:
                        reader.feed(piece)
                if not answer.done:
                    reader.end_of_input()
            except Failure as failure:
                answer.fail(failure)
            assert answer.done
            assert len(answer.body) <= 1000

    asyncio.run(scene())


def test_two_answers() -> None:
    """Bytes after the end are not the body, and are noticed."""
    answer = read(SOUND[0] + SOUND[0])

    assert answer.body == b"hello"
