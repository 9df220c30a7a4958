"""Which answers a page may read, and which headers of them: each odd form that the standard names."""

from __future__ import annotations

from typing import Final

from tests.cors.case import ANYBODY, ME, TRUE, Case, allow_origin
from tests.cors.server import Reply


def _reads() -> list[Case]:
    """Plain requests: who may read the answer."""
    forms: list[tuple[str, tuple[bytes, ...], bool]] = [
        ("own", (ME,), True),
        ("absent", (), False),
        ("any", (ANYBODY,), True),
        ("any-spaced", (allow_origin(b"  * \t "),), True),
        ("any-tab", (allow_origin(b"\t*"),), True),
        ("own-spaced", (allow_origin(b"   {origin}\t "),), True),
        ("own-name-in-lower-case", (b"access-control-allow-origin: {origin}",), True),
        ("any-quoted", (allow_origin(b' "*"'),), False),
        ("two-headers", (ME, ME), False),
        ("two-headers-any", (ANYBODY, ANYBODY), False),
        ("two-headers-any-and-own", (ANYBODY, ME), False),
        ("own-and-empty-header", (ME, allow_origin(b"")), False),
        ("empty", (allow_origin(b""),), False),
        ("list-comma", (allow_origin(b" {origin}, https://other.example"),), False),
        ("list-space", (allow_origin(b" {origin} https://other.example"),), False),
        ("list-with-any", (allow_origin(b" {origin}, *"),), False),
        ("trailing-slash", (allow_origin(b" {origin}/"),), False),
        ("path", (allow_origin(b" {origin}/app"),), False),
        ("upper-case-scheme", (allow_origin(b" HTTP://localhost:PORT"),), False),
        ("upper-case-host", (allow_origin(b" http://LOCALHOST:PORT"),), False),
        ("other-scheme", (allow_origin(b" https://localhost:PORT"),), False),
        ("other-port", (allow_origin(b" http://localhost:1"),), False),
        ("default-port", (allow_origin(b" http://localhost:80"),), False),
        ("no-port", (allow_origin(b" http://localhost"),), False),
        ("other-host", (allow_origin(b" https://other.example"),), False),
        ("null-for-a-real-origin", (allow_origin(b" null"),), False),
        ("wildcard-host", (allow_origin(b" http://*:PORT"),), False),
        ("wildcard-port", (allow_origin(b" http://localhost:*"),), False),
        ("user-in-it", (allow_origin(b" http://me@localhost:PORT"),), False),
        ("quoted", (allow_origin(b' "{origin}"'),), False),
    ]
    return [Case(f"read-{name}", Reply(200, lines), through=through) for name, lines, through in forms]


def _credentials() -> list[Case]:
    """Plain requests in the mode that sends cookies."""
    forms: list[tuple[str, tuple[bytes, ...], bool]] = [
        ("own-true", (ME, TRUE), True),
        ("own-alone", (ME,), False),
        ("any-true", (ANYBODY, TRUE), False),
        ("any-alone", (ANYBODY,), False),
        ("own-True", (ME, b"Access-Control-Allow-Credentials: True"), False),
        ("own-TRUE", (ME, b"Access-Control-Allow-Credentials: TRUE"), False),
        ("own-1", (ME, b"Access-Control-Allow-Credentials: 1"), False),
        ("own-false", (ME, b"Access-Control-Allow-Credentials: false"), False),
        ("own-spaced", (ME, b"Access-Control-Allow-Credentials: \t true  "), True),
        ("own-twice", (ME, TRUE, TRUE), False),
        ("own-list", (ME, b"Access-Control-Allow-Credentials: true, true"), False),
        ("own-quoted", (ME, b'Access-Control-Allow-Credentials: "true"'), False),
        ("own-empty", (ME, b"Access-Control-Allow-Credentials:"), False),
    ]
    cases = [
        Case(f"cookie-{name}", Reply(200, lines), credentials=True, through=through) for name, lines, through in forms
    ]
    return [*cases, Case("no-cookie-any-true", Reply(200, (ANYBODY, TRUE)), through=True)]


def _nobody() -> list[Case]:
    """Pages in a sandbox, whose origin is `null`."""
    forms: list[tuple[str, tuple[bytes, ...], bool, bool]] = [
        ("null", (allow_origin(b" null"),), False, True),
        ("any", (ANYBODY,), False, True),
        ("own", (ME,), False, True),
        ("real", (allow_origin(b" http://localhost:PORT"),), False, False),
        ("upper-case", (allow_origin(b" NULL"),), False, False),
        ("absent", (), False, False),
        ("cookie-null-true", (allow_origin(b" null"), TRUE), True, True),
        ("cookie-null-alone", (allow_origin(b" null"),), True, False),
    ]
    return [
        Case(f"sandbox-{name}", Reply(200, lines), page="null", credentials=cookie, through=through)
        for name, lines, cookie, through in forms
    ]


def _errors() -> list[Case]:
    """An answer of any status may be read, and none without the header."""
    statuses = (400, 401, 403, 404, 405, 410, 422, 429, 500, 502, 503, 599, 699)
    shared = [Case(f"error-{status}", Reply(status, (ME,)), through=True) for status in statuses]
    return [*shared, *(Case(f"error-{status}-lost", Reply(status), through=False) for status in (401, 404, 422, 500))]


_ANSWERED: Final = (b"X-A: 1", b"X-B: 2", b"Retry-After: 3", b"ETag: e", b"Cache-Control: no-store", b"Expires: 0")


def _exposed() -> list[Case]:
    """Which headers of an answer a page may read."""
    name = b"Access-Control-Expose-Headers: "
    forms: list[tuple[str, tuple[bytes, ...], bool]] = [
        ("none", (), False),
        ("one", (name + b"X-A",), False),
        ("other-case", (name + b"x-a, RETRY-AFTER",), False),
        ("two-headers", (name + b"x-a", name + b"x-b"), False),
        ("any", (name + b"*",), False),
        ("any-with-cookie", (name + b"*",), True),
        ("listed-with-cookie", (name + b"etag",), True),
        ("any-and-one", (name + b"*, x-a",), True),
        ("bad-token", (name + b"x-a, bad name",), False),
        ("empty-elements", (name + b", ,x-b,",), False),
        ("not-there", (name + b"x-c",), False),
        ("set-cookie", (b"Set-Cookie: a=b", name + b"set-cookie, x-a"), False),
        ("set-cookie-any", (b"Set-Cookie: a=b", name + b"*"), False),
        ("quoted", (name + b'"x-a"',), False),
    ]
    return [
        Case(f"exposed-{name_}", Reply(200, (ME, TRUE, *_ANSWERED, *lines)), credentials=cookie, through=True)
        for name_, lines, cookie in forms
    ]


READING: Final[tuple[Case, ...]] = (*_reads(), *_credentials(), *_nobody(), *_errors(), *_exposed())
