"""Origins as browsers write them, and what careless comparisons take for one of them."""

from __future__ import annotations

import pytest

from opscheck.model.origin import FAMILIES, Origin, look_alikes, read_origin, why_no_origin

GOOD = [
    "https://app.example.org",
    "http://example.org:8080",
    "https://xn--bcher-kva.example",
    "http://localhost",
    "http://localhost:3000",
    "http://app.localhost:65535",
    "http://127.0.0.1:3000",
    "http://[::1]",
    "https://[2001:db8::1]:8443",
    "http://[::ffff:7f00:1]",
    "https://example.org.",
    "https://under_score.example.org",
    "chrome-extension://abcdefghijklmnop",
    "capacitor://localhost",
    "http://example.org:443",
    "https://example.org:80",
]
BAD = [
    "",
    "*",
    "app.example.org",
    "//app.example.org",
    "https://",
    "https:///",
    "https://app.example.org/",
    "https://app.example.org/app",
    "https://app.example.org?a",
    "https://app.example.org#a",
    "https://me@app.example.org",
    "https://APP.example.org",
    "HTTPS://app.example.org",
    "https://app.example.org:443",
    "http://app.example.org:80",
    "https://app.example.org:0443",
    "https://app.example.org:65536",
    "https://app.example.org:",
    "https://*.example.org",
    "https://bücher.example",
    "https://a..b",
    "https://.example.org",
    f"https://{'a' * 64}.example",
    f"https://{'a.' * 130}example",
    "http://127.1",
    "http://127.0.0.01",
    "http://256.1.1.1",
    "http://0x7f.1",
    "http://127.0.0.1.",
    "http://[::1",
    "http://[0:0:0:0:0:0:0:1]",
    "http://[::FFFF:7f00:1]",
    "http://[::ffff:127.0.0.1]",
    "https://app.example.org\n",
    " https://app.example.org",
    "https://a b",
    "https://a, https://b",
]


@pytest.mark.parametrize("text", GOOD)
def test_what_browsers_send_is_read_and_written_alike(text: str) -> None:
    """Reading and writing an origin changes no byte of it."""
    assert str(read_origin(text)) == text
    assert why_no_origin(text) == ""


@pytest.mark.parametrize("text", BAD)
def test_what_browsers_never_send_is_no_origin(text: str) -> None:
    """Everything else is refused, with a reason in one line."""
    assert read_origin(text) is None
    assert why_no_origin(text)
    assert why_no_origin(text).isprintable()


def test_null_is_no_mistake() -> None:
    """A sandboxed page's origin is one that a policy may name, though it is no place."""
    assert why_no_origin("null") == ""


def families(text: str) -> dict[str, str]:
    """The look-alikes of an origin by family."""
    origin = read_origin(text)
    assert origin is not None
    found = look_alikes(origin)
    assert len({one.family for one in found}) == len(found)
    return {one.family: one.origin for one in found}


def test_an_ordinary_origin_can_be_mistaken_in_every_way() -> None:
    """One of each family, all of them others."""
    assert families("https://app.example.org") == {
        "suffix": "https://app.example.org.evil.example",
        "prefix": "https://evilapp.example.org",
        "subdomain": "https://evil.app.example.org",
        "scheme": "http://app.example.org",
        "port": "https://app.example.org:8443",
        "case": "https://APP.EXAMPLE.ORG",
        "dot": "https://appxexample.org",
        "trailing-dot": "https://app.example.org.",
    }


def test_a_port_stays_where_the_host_differs() -> None:
    """Else the port alone would tell them apart; the other port begins like the allowed one where it can."""
    assert families("http://localhost:3000") == {
        "suffix": "http://localhost.evil.example:3000",
        "prefix": "http://evillocalhost:3000",
        "subdomain": "http://evil.localhost:3000",
        "scheme": "https://localhost:3000",
        "port": "http://localhost:30001",
        "case": "http://LOCALHOST:3000",
        "trailing-dot": "http://localhost.:3000",
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://127.0.0.1:3000", {"suffix", "dot", "scheme", "port"}),
        ("http://[::1]:3000", {"scheme", "port"}),
        ("https://[2001:db8::a]", {"scheme", "port", "case"}),
        ("capacitor://localhost", {"scheme", "case"}),
        ("https://example.org.", {"prefix", "subdomain", "dot", "scheme", "port", "case"}),
    ],
)
def test_only_what_can_be_is_made(text: str, expected: set[str]) -> None:
    """An address has no sub-domains, and a host that ends in a dot no second one."""
    assert set(families(text)) == expected


@pytest.mark.parametrize("text", GOOD)
def test_every_look_alike_is_an_origin_of_another_page(text: str) -> None:
    """A browser could send each of them, but for upper case, and none is the origin itself."""
    for family, other in families(text).items():
        assert family in FAMILIES
        assert other != text
        assert read_origin(other.lower() if family == "case" else other) is not None


@pytest.mark.parametrize(
    ("port", "other"), [(None, 8443), (8443, 8444), (65535, 65534), (6553, 65531), (442, 4421), (44300, 44301), (1, 11)]
)
def test_the_other_port_is_one(port: int | None, other: int) -> None:
    """Within the range, and never the scheme's own."""
    found = {one.family: one.origin for one in look_alikes(Origin("https", "a.example", port))}

    assert found["port"] == f"https://a.example:{other}"
