"""URLs: what is asked where, and what cannot be asked."""

from __future__ import annotations

import pytest

from opscheck.probes.failure import Failure
from opscheck.probes.target import Target


@pytest.mark.parametrize(
    ("url", "host", "port", "authority", "path"),
    [
        ("http://ops.example.org", "ops.example.org", 80, "ops.example.org", b"/"),
        ("https://OPS.example.org/a", "ops.example.org", 443, "ops.example.org", b"/a"),
        ("http://h:8080/a?b=c#d", "h", 8080, "h:8080", b"/a?b=c"),
        ("http://h:80/", "h", 80, "h", b"/"),
        ("http://h:/", "h", 80, "h", b"/"),
        ("http://[::1]:81/", "::1", 81, "[::1]:81", b"/"),
        ("http://bücher.example/", "xn--bcher-kva.example", 80, "xn--bcher-kva.example", b"/"),
        ("http://my_service:9000/", "my_service", 9000, "my_service:9000", b"/"),
        ("http://h/../%2e/a b/é?x=%zz é", "h", 80, "h", b"/../%2e/a%20b/%C3%A9?x=%zz%20%C3%A9"),
        ("http://h?q", "h", 80, "h", b"/?q"),
        ("http://h./", "h.", 80, "h.", b"/"),
    ],
)
def test_read(url: str, host: str, port: int, authority: str, path: bytes) -> None:
    """Host, port, Host header and request target follow from the URL."""
    target = Target.parse(url)

    assert (target.host, target.port, target.authority, target.path) == (host, port, authority, path)


def test_userinfo_is_taken_out() -> None:
    """User and password are neither in the URL nor in the repr."""
    target = Target.parse("http://us%40er:pass@h/a")

    assert target.url == "http://h/a"
    assert "pass" not in repr(target)
    assert target.authorization == b"Basic dXNAZXI6cGFzcw=="


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("", "neither http nor https"),
        ("host/path", "neither http nor https"),
        ("file:///etc/passwd", "neither http nor https"),
        ("http://", "it names no host"),
        ("http:///x", "it names no host"),
        ("http://h:0/", "port 0"),
        ("http://h:99999/", "invalid port"),
        ("http://h:abc/", "invalid port"),
        ("http://[::1/", "cannot be read"),
        ("http://[zz::1]/", "invalid IPv6 address"),
        ("http://us:pass\u2100@h/", "malformed"),
        ("http://a b/", "name is not valid"),
        ("http://a%20b/", "name is not valid"),
        ("http://h\\evil/", "name is not valid"),
        ("http://h/a\r\nb", "control character"),
        ("http://h/\0", "control character"),
        ("http://h/\ud800", "has no encoding"),
        ("http://" + "a" * 300 + "/", "name is not valid"),
        ("http://" + "é" * 300 + ".example/", "has no encoding"),
    ],
)
def test_cannot_be_asked(url: str, words: str) -> None:
    """What is no usable URL is refused with the reason, in one line."""
    with pytest.raises(Failure, match="the URL cannot be used") as caught:
        Target.parse(url)

    assert words in caught.value.detail
    assert "\n" not in caught.value.detail
