"""The rules, one by one: which path is a hit, which line can be read, what time it tells."""

from __future__ import annotations

import random
from datetime import datetime

import pytest

from opscheck.errors import OptionError
from opscheck.probes.access_log_line import FIELDS, Entry, LineReader, Told, fields_of
from opscheck.probes.access_log_path import Asks, Wanted, printable, shown
from opscheck.probes.access_log_shape import Shapes
from opscheck.probes.access_log_time import time_of
from tests.legacy.lines import Lines

STAMP = "[10/Oct/2026:13:55:36 +0200]"
PIECES = (b"", b'"', b"\\", b"%", b"/status", b"{", b"/s", b" ", b"\0", b"\xff")
AGENT = '"-" "curl/8.5.0"'


def reader(path: str = "/status/") -> LineReader:
    """A reader that looks for a path."""
    return LineReader(Wanted(path), FIELDS)


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/status", "/status"),
        ("/status/", "/status/"),
        ("/status/summary?x=1#y", "/status/summary"),
        ("/status?x", "/status"),
        ("/%73tatu%73/%2573", "/status/%73"),
        ("/status%2Fsummary", "/status/summary"),
        ("%2Fstatus/", None),
        ("http://a.example/status/x", "/status/x"),
        ("HTTP://a.example:80/status", "/status"),
        ("http://a.example/?/status/", None),
        ("http://a.example", None),
        ("/status1", None),
        ("/statu", None),
        ("/Status/", None),
        ("/api/status/summary", None),
        ("/?next=/status/", None),
        ("//status/", None),
        ("/%2573tatus/", None),
        ("*", None),
        ("a.example:443", None),
    ],
)
def test_a_hit_is_the_path_or_lies_below_it(target: str, path: str | None) -> None:
    """The query is dropped, the rest decoded once, case counts; an authority before it does not."""
    for request in (f"GET {target} HTTP/1.1", target):
        asked = Wanted("/status/").asked(request.encode(), whole=True)

        assert asked == (path.encode() if path else Asks.NO)


@pytest.mark.parametrize("path", ["/status/", "/status", "/%73tatus", "/status///"])
def test_a_slash_at_the_end_is_the_same_path(path: str) -> None:
    """Whether the folder or what is in it was named."""
    assert Wanted(path).asked(b"GET /status HTTP/1.1", whole=True) == b"/status"
    assert Wanted(path).asked(b"GET /status1 HTTP/1.1", whole=True) is Asks.NO


@pytest.mark.parametrize("path", ["", "status", "/status?x", "/status#x", "https://a.example/status"])
def test_what_is_no_path_is_refused(path: str) -> None:
    """In one line that says what a path is."""
    with pytest.raises(OptionError, match="is no path"):
        Wanted(path)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f'1.2.3.4 - - {STAMP} "GET /status/ HTTP/1.1" 200 5 {AGENT}', "/status/ curl/8.5.0 200"),
        (f'1.2.3.4, 5.6.7.8 - a b {STAMP} "GET /status HTTP/1.1" 200 5 {AGENT} "-" 0.1', "/status curl/8.5.0 200"),
        (f'1.2.3.4 - [x] {STAMP} "GET /status HTTP/1.1" 200 5 0.003 . {AGENT}', "/status curl/8.5.0 200"),
        (f'1.2.3.4 - - {STAMP} "GET /status HTTP/1.1" 200 5', "/status  200"),
        (f'1.2.3.4 - - {STAMP} "GET /status HTTP/1.1" 200 - "-" "a \\x22b\\x22 \\xC3\\xA4"', '/status a "b" ä 200'),
        (f'1.2.3.4 - - {STAMP} "GET /status\\x22 HTTP/1.1" 400 5 {AGENT}', Told.OTHER),
        (f'1.2.3.4 - - {STAMP} "" 400 0 "-" "-"', Told.OTHER),
        (f'1.2.3.4 - - {STAMP} "-" 408 0 "-" "-"', Told.OTHER),
        (f'1.2.3.4 - - {STAMP} "\\x16\\x03\\x01" 400 157 "-" "-"', Told.OTHER),
        (f'1.2.3.4 - - {STAMP} "GET / HTTP/1.1" 200 5 "https://a.example/status/" "GET /status/ HTTP/1.1"', Told.OTHER),
        (f'1.2.3.4 - - {STAMP} "GET /status/sum', "/status/sum  "),
        (f'1.2.3.4 - - {STAMP} "GET /status HTTP', "/status  "),
        (f'1.2.3.4 - - {STAMP} "GET /status', Told.UNREADABLE),
        (f'1.2.3.4 - - {STAMP} "GET /stat%7', Told.UNREADABLE),
        (f'1.2.3.4 - - {STAMP} "GET http://a.exa', Told.UNREADABLE),
        (f'1.2.3.4 - - {STAMP} "GE', Told.UNREADABLE),
        (f'1.2.3.4 - - {STAMP} "GET /style', Told.OTHER),
        ("1.2.3.4 - - [10/Oct/2026:13:55", Told.UNREADABLE),
        ('1.2.3.4 - - [31/Feb/2026:13:55:36 +0200] "GET /status/ HTTP/1.1" 200 5', Told.UNREADABLE),
        ('1.2.3.4 - - [10/Okt/2026:13:55:36 +0200] "GET /status/ HTTP/1.1" 200 5', Told.UNREADABLE),
        ("", Told.UNREADABLE),
        ("\x00\x00\x00", Told.UNREADABLE),
        ('{"time":"2026-10-10T13:55:36+02:00","request":"GET /status/ HTTP/1.1","status":200}', "/status/  200"),
        ('{"msec":1791640536.123,"uri":"\\/status\\/a","user_agent":"x","status":"404"}', "/status/a x 404"),
        ('{"time_local":"10/Oct/2026:13:55:36 +0200","request_uri":"/\\u0073tatus","user_agent":"x"}', "/status x "),
        (
            '{"ts":1791640536.1,"request":{"uri":"/status/x","headers":{"User-Agent":["Go"]}},"status":200}',
            "/status/x Go 200",
        ),
        ('nginx: {"time":"2026-10-10T13:55:36Z","path":"/status/","agent":null}', "/status/  "),
        ('{"time":"2026-10-10T13:55:36Z","request":"","path":"/status/"}', Told.OTHER),
        ('{"time":"2026-10-10","request":"GET /status/ HTTP/1.1"}', Told.UNREADABLE),
        ('{"time":"2026-10-10T13:55:36Z","bytes":5}', Told.UNREADABLE),
        ('{"time":"2026-10-10T13:55:36Z","request":"GET /status/', Told.UNREADABLE),
        ("[" * 100_000, Told.UNREADABLE),
        ("{" * 100_000, Told.UNREADABLE),
        ('{"a":' * 100_000, Told.UNREADABLE),
    ],
)  # fmt: skip
def test_a_line_tells_or_is_unreadable(line: str, told: str | Told) -> None:
    """Unreadable is what tells no time, or not whether it asks for the path; what is cut off behind that is not."""
    seen = reader().read(line.encode())

    assert (f"{seen.path} {seen.agent} {seen.status}" if isinstance(seen, Entry) else seen) == told


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("10/Oct/2026:13:55:36 +0200", "2026-10-10T13:55:36+02:00"),
        ("29/Feb/2028:23:59:60 -0930", "2028-02-29T23:59:59-09:30"),
        ("2026-10-10T13:55:36Z", "2026-10-10T13:55:36+00:00"),
        ("2026-10-10T13:55:36.123456789+02:00", "2026-10-10T13:55:36.123456+02:00"),
        ("2026-10-10 13:55:36", "2026-10-10T13:55:36+00:00"),
        ("1791640536.5", "2026-10-10T13:55:36.500000+00:00"),
        ("1791640536500", "2026-10-10T13:55:36.500000+00:00"),
        ("29/Feb/2026:00:00:00 +0000", None),
        ("10/Oct/2026:24:00:00 +0000", None),
        ("10/Oct/2026:00:00:00 +0260", None),
        ("10/Oct/2026:00:00:00 +2500", None),
        ("00/Oct/2026:00:00:00 +0000", None),
        ("2026-10-10", None),
        ("0.123", None),
        ("9" * 40, None),
        ("٣", None),
    ],
)
def test_times(text: str, iso: str | None) -> None:
    """In the zone that they are written in; UTC where that is not told."""
    assert time_of(text.encode()) == (datetime.fromisoformat(iso) if iso else None)


def test_fields_can_be_named() -> None:
    """A field that is named takes the place of the usual ones."""
    line = b'{"at":"2026-10-10T13:55:36Z","req":"GET /status/ HTTP/1.1","request":"GET / HTTP/1.1","ua":"x"}'

    named = LineReader(Wanted("/status/"), fields_of(["request=req", "time=at", "agent=ua"])).read(line)

    assert isinstance(named, Entry)
    assert (named.path, named.agent) == ("/status/", "x")
    assert reader().read(line) is Told.UNREADABLE


@pytest.mark.parametrize("choice", ["request", "request=", "requests=a", "=a"])
def test_a_field_that_is_not_looked_for_is_refused(choice: str) -> None:
    """With the nearest one that is."""
    with pytest.raises(OptionError, match="is no field such as request=NAME"):
        fields_of([choice])


def test_foreign_bytes_are_shown_harmlessly() -> None:
    """Printable, told apart, and never long."""
    assert shown(b"a\x1b[31m\xff\n\xe2\x80\xae") == "a\\x1b[31m\\xff\\n\\u202e"
    assert len(shown(b"x" * 10_000)) == 200
    assert printable("a\udcff") == "a\\xff"


@pytest.mark.parametrize("path", ["/status/", "/s", "/status/%C3%A4/b", "/assets", "/a%2Bb", "/" + "x" * 100])
def test_what_is_passed_over_is_no_hit_and_can_be_read(path: str) -> None:
    """Whatever the quick patterns match, the careful reader calls readable and no hit: on odd lines and broken ones."""
    chance = random.Random(path)  # noqa: S311 - the same lines every time
    lines = Lines(len(path))
    careful = reader(path)
    shapes = Shapes(Wanted(path), careful)
    passed = 0
    for _ in range(6000):
        line = bytearray(lines.line())
        for _ in range(chance.choice((0, 0, 1, 3))):
            place = chance.randrange(len(line) + 1)
            line[place : place + chance.randrange(2)] = chance.choice(
                (b"", b'"', b"\\", b"%", b"/status", b"{", b"/s", b" ")
            )
        told = careful.read(bytes(line))
        matched = [pattern.match(bytes(line) + b"\n") for pattern in (shapes.some, shapes.others)]
        if any(match is not None and match.end() for match in matched):
            passed += 1
            assert told is Told.OTHER, line
        elif told is Told.OTHER:
            shapes.learn(bytes(line))
        if told is not Told.UNREADABLE:
            shapes.expect(bytes(line))
    assert passed > 500
