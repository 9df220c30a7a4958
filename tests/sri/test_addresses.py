"""Addresses are read as browsers read them: the table is held against Chromium as well."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from opscheck.probes.page_elements import links, resolve
from tests.sri.chromium import tab

BASE = "https://www.test:8443/d/e/f.html?z#y"
# Without fragment and user; empty where it cannot be read, None where no network is asked for it.
ADDRESSES = (
    ("a.js", "https://www.test:8443/d/e/a.js"),
    ("./a.js", "https://www.test:8443/d/e/a.js"),
    ("../a.js", "https://www.test:8443/d/a.js"),
    ("../../../a.js", "https://www.test:8443/a.js"),
    ("/a.js", "https://www.test:8443/a.js"),
    ("//b.test/a.js", "https://b.test/a.js"),
    ("///b.test/a.js", "https://b.test/a.js"),
    ("////b.test//a.js", "https://b.test//a.js"),
    ("\\a.js", "https://www.test:8443/a.js"),
    ("\\\\b.test\\a.js", "https://b.test/a.js"),
    ("https:a.js", "https://www.test:8443/d/e/a.js"),
    ("https:/a.js", "https://www.test:8443/a.js"),
    ("https://b.test", "https://b.test/"),
    ("http:a.js", "http://a.js/"),
    ("http:/b.test/a.js", "http://b.test/a.js"),
    ("http:///b.test/a.js", "http://b.test/a.js"),
    ("HTTPS://B.test/A.js", "https://b.test/A.js"),
    ("a.js?x=\\y", "https://www.test:8443/d/e/a.js?x=\\y"),
    ("a.js#f", "https://www.test:8443/d/e/a.js"),
    ("?q", "https://www.test:8443/d/e/f.html?q"),
    ("#f", "https://www.test:8443/d/e/f.html?z"),
    ("", "https://www.test:8443/d/e/f.html?z"),
    (" a.js ", "https://www.test:8443/d/e/a.js"),
    ("\ta\n.js", "https://www.test:8443/d/e/a.js"),
    ("a b.js", "https://www.test:8443/d/e/a%20b.js"),
    ("a%20b.js", "https://www.test:8443/d/e/a%20b.js"),
    ("ü.js", "https://www.test:8443/d/e/%C3%BC.js"),
    ("%C3%BC.js", "https://www.test:8443/d/e/%C3%BC.js"),
    ("a.js?ü", "https://www.test:8443/d/e/a.js?%C3%BC"),
    ("//b.test:443/a.js", "https://b.test/a.js"),
    ("//b.test:8443/a.js", "https://b.test:8443/a.js"),
    ("//b.test:80/a.js", "https://b.test:80/a.js"),
    ("//u:p@b.test/a.js", "https://b.test/a.js"),
    ("http://[::1]:80/a.js", "http://[::1]/a.js"),
    ("http://[::1/a.js", ""),
    ("http://b.test:99999/", ""),
    ("http://", ""),
    ("https://", ""),
    ("//", ""),
    ("javascript:1", None),
    ("data:text/css,a b", "data:text/css,a b"),
    ("blob:x", None),
    ("about:blank", None),
    ("ftp://b.test/a", None),
    ("file:///a", None),
    ("a:b.js", None),
    ("./a:b.js", "https://www.test:8443/d/e/a:b.js"),
    ("x/./y/../z.js", "https://www.test:8443/d/e/x/z.js"),
    ("%2e%2e/a.js", "https://www.test:8443/d/a.js"),
    ("..%2fa.js", "https://www.test:8443/d/e/..%2fa.js"),
    ("a.js;v=1", "https://www.test:8443/d/e/a.js;v=1"),
    ("a|b.js", "https://www.test:8443/d/e/a%7Cb.js"),
    ('a"b.js', "https://www.test:8443/d/e/a%22b.js"),
    ("a<b>.js", "https://www.test:8443/d/e/a%3Cb%3E.js"),
    ("a`b.js", "https://www.test:8443/d/e/a%60b.js"),
    ("a{b}.js", "https://www.test:8443/d/e/a%7Bb%7D.js"),
    ("a^b.js", "https://www.test:8443/d/e/a%5Eb.js"),
    ("a'b.js", "https://www.test:8443/d/e/a'b.js"),
    ("//b.test/a?'\"<>`", "https://b.test/a?%27%22%3C%3E`"),
    ("//ü.test/a.js", "https://xn--tda.test/a.js"),
    ("//b.test./a.js", "https://b.test./a.js"),
    ("http://b.test\\@c.test/", "http://b.test/@c.test/"),
    ("//b.test/%zz", "https://b.test/%zz"),
    ("//b.test/a//b", "https://b.test/a//b"),
    ("/a/..", "https://www.test:8443/"),
    ("/a/.", "https://www.test:8443/a/"),
    ("..", "https://www.test:8443/d/"),
    (".", "https://www.test:8443/d/e/"),
    ("//B.TEST/%7Ea", "https://b.test/%7Ea"),
    ("/a;b/../c", "https://www.test:8443/c"),
    ("//b.test?x", "https://b.test/?x"),
    ("//b.test#x", "https://b.test/"),
    ("\x00a.js", "https://www.test:8443/d/e/a.js"),
    ("a\x00.js", "https://www.test:8443/d/e/a%00.js"),
    ("a\x7f.js", "https://www.test:8443/d/e/a%7F.js"),
    ("/~a/[b].js", "https://www.test:8443/~a/[b].js"),
    ("/a%", "https://www.test:8443/a%"),
    ("a.js? q ", "https://www.test:8443/d/e/a.js?%20q"),
)
_ASK = """([addresses, base]) => addresses.map(address => {
  try {
    const url = new URL(address, base);
    url.hash = url.username = url.password = '';
    return url.href;
  } catch { return ''; }
})"""


@pytest.fixture(scope="module")
def chromium() -> Mapping[str, str]:
    """Every address as Chromium reads it."""
    addresses = [address for address, _ in ADDRESSES]
    with tab() as page:
        return dict(zip(addresses, page.evaluate(_ASK, [addresses, BASE]), strict=True))


@pytest.mark.parametrize(("address", "url"), ADDRESSES)
def test_an_address_is_read_as_the_table_says(address: str, url: str | None) -> None:
    """Slashes of both kinds, white space, dots, ports, hosts."""
    assert resolve(BASE, address) == url


def test_chromium_reads_the_table_alike(chromium: Mapping[str, str]) -> None:
    """All of it, but for what is not fetched over a network."""
    told = {address: url for address, url in ADDRESSES if url is not None}

    assert {address: chromium[address] for address in told} == told
    assert not any(chromium[address].startswith("http") for address, url in ADDRESSES if url is None)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("</a>; rel=preload", [("/a", {"rel": "preload"})]),
        ('< /a >;REL="x y" ; crossorigin;as = style', [(" /a ", {"rel": "x y", "crossorigin": "", "as": "style"})]),
        ('<a>; integrity="sha256-a, <b>; rel=x", <c>', [("a", {"integrity": "sha256-a, <b>; rel=x"}), ("c", {})]),
        (r'<a>; title="say \"x\""; rel=a; rel=b', [("a", {"title": 'say "x"', "rel": "a"})]),
        ("<a>, broken, <b>", [("a", {})]),
        ('<a>; rel="x', []),
        ("", []),
    ],
)
def test_a_link_header_is_read(value: str, found: list[tuple[str, dict[str, str]]]) -> None:
    """Quoted and not; what is malformed ends it."""
    assert list(links(value)) == found


@pytest.mark.parametrize("piece", ["<", "<a>;", "<a>; a", '<a>; a="', "<a>; a=\\", " ", "<a>, ", ";a=b ", '<a>;a="\\"'])
def test_no_header_takes_long(piece: str) -> None:
    """Whatever it repeats."""
    begun = time.process_time()
    list(links(piece * (60_000 // len(piece))))

    assert time.process_time() - begun < 2
