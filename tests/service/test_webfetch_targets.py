"""Which URLs and addresses the page fetcher goes to."""

from __future__ import annotations

import pytest

from service.errors import FetchError
from service.webfetch.addresses import is_public
from service.webfetch.urls import UrlPolicy

_PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.255",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "not an address",
    "",
]
_REFUSED = [
    "ftp://example.org/",
    "file:///etc/passwd",
    "gopher://example.org/",
    "javascript:alert(1)",
    "//example.org/",
    "example.org",
    "",
    "http://",
    "http:///path",
    "http://user@example.org/",
    "http://user:pw@example.org/",
    "http://example.org@127.0.0.1/",
    "http://example.org\\@127.0.0.1/",
    "http://exa mple.org/",
    "http://example.org/\r\nHost: x",
    "http://example.org/\x00",
    "\thttp://example.org/",
    "http://example.org/\u2028",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://127.0.0.1./",
    "http://\uff11\uff12\uff17.0.0.1/",
    "http://127%2e0.0.1/",
    "http://425.510.425.510/",
    "http://7147006462/",
    "http://1.2.3/",
    "http://example.org:22/",
    "http://example.org:0/",
    "http://example.org:99999/",
    "http://example.org:8a/",
    "http://[::1",
    "http://[fe80::1%25eth0]/",
    "http://[v1.fe]/",
    "http://-bad-.example/",
    "http://a..b/",
    "http://" + "a" * 64 + ".example/",
    "http://example.org/" + "a" * 3000,
]


@pytest.mark.parametrize("address", _PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    """Loopback, private, shared, link-local, reserved, multicast and every form that carries one of them."""
    assert not is_public(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "93.184.215.14", "172.32.0.1", "2606:2800:21f::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_that_are_public(address: str) -> None:
    """What the internet routes, also in its mapped and translated forms."""
    assert is_public(address)


@pytest.mark.parametrize("url", _REFUSED)
def test_urls_that_are_refused_unresolved(url: str) -> None:
    """Other schemes and ports, user names, odd characters, and every short form of an IPv4 address."""
    with pytest.raises(FetchError):
        UrlPolicy({80, 443}).target(url)


@pytest.mark.parametrize(
    ("url", "host", "port", "authority"),
    [
        ("http://Example.ORG", "example.org", 80, "example.org"),
        ("https://example.org:443/a?b=c#d", "example.org", 443, "example.org"),
        ("https://example.org:80/", "example.org", 80, "example.org:80"),
        ("http://example.org./", "example.org", 80, "example.org"),
        ("http://b\u00fccher.example/", "xn--bcher-kva.example", 80, "xn--bcher-kva.example"),
        ("http://[2606:2800:21F:0::1]/", "2606:2800:21f::1", 80, "[2606:2800:21f::1]"),
        ("http://93.184.215.14/", "93.184.215.14", 80, "93.184.215.14"),
    ],
)
def test_urls_that_are_read(url: str, host: str, port: int, authority: str) -> None:
    """A proper URL is read into host, port and Host header."""
    target = UrlPolicy({80, 443}).target(url)

    assert (target.host, target.port, target.authority) == (host, port, authority)


def test_the_allow_list_widens_exactly_what_it_names() -> None:
    """A host and port is that host at that port; a network is its addresses at the allowed ports."""
    policy = UrlPolicy({80}, ["127.0.0.1:9000", "[::1]:9000", "10.1.0.0/16"])

    assert policy.allows(policy.target("http://127.0.0.1:9000/"), "127.0.0.1")
    assert policy.allows(policy.target("http://[::1]:9000/"), "::1")
    assert policy.allows(policy.target("http://inside.example/"), "10.1.2.3")
    assert not policy.allows(policy.target("http://inside.example/"), "10.2.2.3")
    assert not policy.allows(policy.target("http://127.0.0.1/"), "127.0.0.1")
    with pytest.raises(FetchError):
        policy.target("http://127.0.0.1:9001/")
