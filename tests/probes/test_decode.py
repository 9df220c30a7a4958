"""Content-encodings, cut at every place, padded, nested, and never beyond the limit."""

from __future__ import annotations

import gzip
import zlib

import pytest

from opscheck.probes.decode import Optional, decoders
from opscheck.probes.failure import Failure

TEXT = b"hello, hello, hello"


def raw_deflate(data: bytes) -> bytes:
    """Deflate without its zlib wrapping, as some servers send it."""
    engine = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return engine.compress(data) + engine.flush()


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)),
        (" GZIP ", gzip.compress(TEXT)),
        ("gzip", gzip.compress(TEXT) + b"\0\0padding"),
        ("gzip", gzip.compress(TEXT[:5]) + gzip.compress(TEXT[5:])),
        ("deflate", zlib.compress(TEXT)),
        ("deflate", raw_deflate(TEXT)),
        ("deflate, gzip", gzip.compress(zlib.compress(TEXT))),
        ("identity", TEXT),
        ("", TEXT),
    ],
    # By name: what is compressed carries the time, and all workers have to name their tests alike.
    ids=["gzip", "x-gzip", "spaces", "padded", "two-parts", "deflate", "raw-deflate", "both", "identity", "none"],
)
def test_cut_anywhere(encoding: str, body: bytes) -> None:
    """The same bytes come out wherever the network cuts."""
    for cut in range(len(body)):
        chain = decoders(encoding)
        out = b""
        for piece in (body[:cut], body[cut:]):
            for decoder in chain:
                piece = decoder.feed(piece, 1000)  # noqa: PLW2901 - each decoder takes what the one before gave
            out += piece
        for decoder in chain:
            decoder.end()

        assert out == TEXT


def test_limit() -> None:
    """A decoder gives at most one byte more than the limit, which is how the limit is noticed."""
    (decoder,) = decoders("gzip")

    assert len(decoder.feed(gzip.compress(bytes(1_000_000)), 100)) == 101


@pytest.mark.parametrize("encoding", ["rot13", "gzip, gzip, gzip, gzip", "br" + "x" * 500])
def test_refused(encoding: str) -> None:
    """Unknown and absurdly nested encodings are refused in a short line."""
    with pytest.raises(Failure) as caught:
        decoders(encoding)

    assert len(caught.value.detail) < 150


def test_a_library_without_limits() -> None:
    """A library that cannot be told a limit is fed so little at a time that it stays near the limit."""
    fed: list[int] = []

    def inflate(piece: bytes) -> bytes:
        fed.append(len(piece))
        return bytes(1000)

    decoder = Optional("br", inflate)

    assert 5000 < len(decoder.feed(bytes(10_000), 5000)) <= 6000
    assert max(fed) <= 16


def test_a_library_that_raises() -> None:
    """Whatever such a library raises is an invalid body."""

    def broken(piece: bytes) -> bytes:
        raise RuntimeError(str(piece))

    with pytest.raises(Failure, match="not valid br"):
        Optional("br", broken).feed(b"x", 10)
