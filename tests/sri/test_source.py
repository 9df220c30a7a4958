"""The scanner of HTML sources sees the tags that a browser's parser sees, whatever stands between them."""

from __future__ import annotations

import random
import time

import pytest
from selectolax.lexbor import LexborHTMLParser

from opscheck.cli.sri_source import tags
from opscheck.probes.page_tags import _is_foreign

_PIECES = (
    *(b"<script src=a%d>", b"<script>", b"</script>", b"</SCRIPT x>", b"<SCRIPT\tSRC = 'b%d'/>"),
    *(b"<link href=c%d rel=stylesheet>", b'<link href="d%d" integrity>', b"<link/href='e%d'rel=x>"),
    *(b"<!--", b"-->", b"--!>", b"<!-->", b"<!--->", b"<!doctype html>", b"<?x >", b"<!x", b"</ x>", b"</>"),
    *(b"<style>", b"</style>", b"<title>", b"</title>", b"<textarea>", b"</textarea>", b"<xmp>", b"</xmp>"),
    *(b"<iframe>", b"</iframe>", b"<noembed>", b"</noembed>", b"<plaintext>"),
    *(b"<p>", b"</p>", b"<div a='<script src=q>'>", b'<i b="', b'"', b"'", b">", b"<", b"/", b"=", b" ", b"\r\n"),
    *(b"<svg>x</svg>", b"<svg/>", b"<svg><style><script src=f%d></script></style></svg>", b"text &amp; <3", b"\x00"),
)


def _scanned(html: bytes) -> list[tuple[str, str]]:
    addresses = {"script": "src", "link": "href"}
    found = [(tag.name, tag.attributes.get(addresses.get(tag.name, ""))) for tag in tags(html)]
    return sorted((name, address.value) for name, address in found if address is not None)


def _parsed(html: bytes) -> list[tuple[str, str]]:
    nodes = [one for one in LexborHTMLParser(html).css("script[src],link[href]") if not _is_foreign(one)]
    return sorted((one.tag or "", one.attributes.get("src" if one.tag == "script" else "href") or "") for one in nodes)


@pytest.mark.parametrize("seed", range(8))
def test_scanner_and_parser_agree(seed: int) -> None:
    """On thousands of heaps of markup, well-formed or not."""
    dice = random.Random(seed)  # noqa: S311 - the same heaps every time
    seen = 0
    for number in range(2000):
        pieces = [dice.choice(_PIECES) for _ in range(dice.randint(1, 14))]
        html = b"".join(piece % number if b"%d" in piece else piece for piece in pieces).replace(b"\x00", b"")
        seen += len(_parsed(html))
        assert _scanned(html) == _parsed(html), html

    assert seen > 500


@pytest.mark.parametrize(
    ("html", "names"),
    [
        (b"<script>'<script src=no>'</script><script src=a></script>", ["a"]),
        (b"<script><!-- <script> </script> <script src=no> --></script><script src=a></script>", ["a"]),
        (b"<script><!-- </script><script src=a></script>", ["a"]),
        (b"<!--><script src=a></script>", ["a"]),
        (b"<!--!><script src=no></script>--><script src=a></script>", ["a"]),
        (b"<title><script src=no></title><script src=a>", ["a"]),
        (b'<p title="<script src=no>"><script src=a>', ["a"]),
        (b"<svg><script src=no></script></svg><script src=a>", ["a"]),
        (b"<svg><style></svg><script src=a>", ["a"]),
        (b"<svg><foreignObject><script src=a></script></foreignObject><script src=no></script></svg>", ["a"]),
        (b"<svg><p><script src=a>", ["a"]),
        (b"<svg><![CDATA[<p><script src=no>]]></svg><script src=a>", ["a"]),
        (b"<template><script src=a></script></template>", ["a"]),
        (b"<noscript><link rel=stylesheet href=a><!-- </noscript><script src=b>", ["a", "b"]),
        (b"<plaintext><script src=no>", []),
        (b'<script src="a', []),
        (b"<script src=a", []),
        (b"<script src=a ==b c></script>", ["a"]),
        (b"<script src=a src=no></script>", ["a"]),
        (b"<script\nsrc\n=\n'a&amp;b&#x2f;&copy=1'>", ["a&b/&copy=1"]),
    ],
)
def test_text_is_not_taken_for_tags(html: bytes, names: list[str]) -> None:
    """Nor tags for text."""
    assert [address for _, address in _scanned(html)] == names


@pytest.mark.parametrize(
    "bomb",
    [b"<a ", b"<a b='", b"<!--", b"<!-- -->", b"</", b"<script>", b"<title>", b"<svg>", b"<a x = ", b"<noscript>"],
)
def test_no_source_takes_long(bomb: bytes) -> None:
    """The time grows with the size and not faster."""
    small, large = (bomb * (size // len(bomb)) for size in (100_000, 800_000))
    begun = time.process_time()
    list(tags(small))
    between = time.process_time()
    list(tags(large))

    assert time.process_time() - between < max(1.0, 40 * (between - begun))
