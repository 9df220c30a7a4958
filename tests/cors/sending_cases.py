"""What a page may send, and what a browser asks before: each odd form that the standard names."""

from __future__ import annotations

from typing import Final

from tests.cors.case import ANYBODY, ME, TRUE, Case, allow_origin
from tests.cors.server import Reply


def _allow(*lines: bytes) -> tuple[bytes, ...]:
    return (ME, *lines)


_METHODS: Final = b"Access-Control-Allow-Methods: "
_NAMES: Final = b"Access-Control-Allow-Headers: "


def _statuses() -> list[Case]:
    """A preflight has to be answered with a 2xx; the answer behind it with anything."""
    lines = _allow(_METHODS + b"PUT")
    cases = [
        Case(f"preflight-{status}", Reply(200, (ME,)), Reply(status, lines), method="PUT", through=200 <= status < 300)
        for status in (200, 201, 204, 226, 299, 300, 304, 400, 401, 403, 404, 405, 500, 503)
    ]
    moved = (*lines, b"Location: /moved")
    cases += [
        Case(f"preflight-{status}-moved", Reply(200, (ME,)), Reply(status, moved), method="PUT", through=False)
        for status in (301, 302, 307, 308)
    ]
    cases += [
        Case(f"behind-preflight-{status}", Reply(status, (ME,)), Reply(204, lines), method="PUT", through=True)
        for status in (401, 404, 422, 500)
    ]
    lost = Case("behind-preflight-lost", Reply(500), Reply(204, lines), method="PUT", through=False)
    return [*cases, lost]


def _preflight_origins() -> list[Case]:
    """The answer to a preflight has to name the origin, too, in the mode of the request behind it."""
    put = _METHODS + b"PUT"
    forms: list[tuple[str, tuple[bytes, ...], bool, bool]] = [
        ("absent", (put,), False, False),
        ("any", (ANYBODY, put), False, True),
        ("twice", (ME, ME, put), False, False),
        ("other", (allow_origin(b" https://other.example"), put), False, False),
        ("cookie-own-true", (ME, TRUE, put), True, True),
        ("cookie-own-alone", (ME, put), True, False),
        ("cookie-any-true", (ANYBODY, TRUE, put), True, False),
    ]
    good = Reply(200, (ME, TRUE))
    return [
        Case(f"leave-{name}", good, Reply(204, lines), method="PUT", credentials=cookie, through=through)
        for name, lines, cookie, through in forms
    ]


def _methods() -> list[Case]:
    """Access-Control-Allow-Methods."""
    forms: list[tuple[str, str, bytes | None, bool, bool]] = [
        ("listed", "PUT", b"GET, PUT", False, True),
        ("not-listed", "PUT", b"GET, POST", False, False),
        ("no-list", "PUT", None, False, False),
        ("lower-case-in-the-list", "PUT", b"put", False, False),
        ("any", "PUT", b"*", False, True),
        ("any-with-cookie", "PUT", b"*", True, False),
        ("simple-needs-no-list", "POST", None, False, True),
        ("simple-not-listed", "GET", b"PUT", False, True),
        ("empty-elements", "PUT", b",GET,,PUT ,", False, True),
        ("tabs", "PUT", b"GET\t,\tPUT", False, True),
        ("with-a-space", "PUT", b"PUT, not a method", False, False),
        ("with-a-slash", "PUT", b"PUT, a/b", False, False),
        ("quoted", "PUT", b'"PUT"', False, False),
        ("semicolons", "PUT", b"GET; PUT", False, False),
        ("own-word", "CHICKEN", b"CHICKEN", False, True),
        ("own-word-other-case", "CHICKEN", b"chicken", False, False),
        ("patch-as-sent", "PATCH", b"PATCH", False, True),
        ("delete-in-lower-case-is-sent-in-upper", "delete", b"DELETE", False, True),
        ("patch-in-lower-case", "patch", b"patch", False, True),
        ("patch-in-lower-case-against-upper", "patch", b"PATCH", False, False),
    ]
    sets = {"X-A": "1"}
    return [
        Case(
            f"method-{name}",
            Reply(200, (ME, TRUE)),
            Reply(204, (ME, TRUE, _NAMES + b"x-a", *(() if value is None else (_METHODS + value,)))),
            method=method,
            headers=sets,
            credentials=cookie,
            through=through,
        )
        for name, method, value, cookie, through in forms
    ] + [
        Case(
            "method-two-headers",
            Reply(200, (ME,)),
            Reply(204, _allow(_METHODS + b"GET", _METHODS + b"PUT")),
            method="PUT",
            through=True,
        )
    ]


def _names() -> list[Case]:
    """Access-Control-Allow-Headers."""
    token = {"Authorization": "Bearer t"}
    own = {"X-A": "1"}
    forms: list[tuple[str, dict[str, str], bytes | None, bool, bool, str]] = [
        ("listed", own, b"x-a", False, True, ""),
        ("other-case", own, b"X-A", False, True, ""),
        ("no-list", own, None, False, False, ""),
        ("not-listed", own, b"x-b", False, False, ""),
        ("one-of-two", {"X-A": "1", "X-B": "2"}, b"x-a", False, False, ""),
        ("both", {"X-A": "1", "X-B": "2"}, b"X-B,X-A", False, True, ""),
        ("any", own, b"*", False, True, ""),
        ("any-with-cookie", own, b"*", True, False, ""),
        ("json", {"Content-Type": "application/json"}, b"content-type", False, True, ""),
        ("json-not-listed", {"Content-Type": "application/json"}, b"x-a", False, False, ""),
        ("authorization-listed", token, b"Authorization", False, True, ""),
        ("authorization-any-and-listed", token, b"*, authorization", False, True, ""),
        ("authorization-any", token, b"*", False, False, "covers Authorization by a wildcard, and warns"),
        ("authorization-any-with-cookie", token, b"*", True, False, ""),
        ("with-a-space", own, b"x-a, bad name", False, False, ""),
        ("with-a-colon", own, b"x-a:", False, False, ""),
        ("empty-elements", own, b", ,x-a,", False, True, ""),
        ("quoted", own, b'"x-a"', False, False, ""),
    ]
    return [
        Case(
            f"name-{name}",
            Reply(200, (ME, TRUE)),
            Reply(204, (ME, TRUE, *(() if value is None else (_NAMES + value,)))),
            headers=sets,
            credentials=cookie,
            through=through,
            deviates=deviates,
        )
        for name, sets, value, cookie, through, deviates in forms
    ]


_EVERY_NAME: Final = (
    b"x-a, content-type, accept, accept-language, content-language, range, last-event-id, authorization"
)
LEAVE: Final = Reply(204, (ME, _METHODS + b"PUT, DELETE", _NAMES + _EVERY_NAME))


def _leave() -> list[Case]:
    """Requests that may or may not need a preflight; all of them are granted, so that only the question counts."""
    forms: list[tuple[str, str, dict[str, str]]] = [
        ("get", "GET", {}),
        ("head", "HEAD", {}),
        ("post", "POST", {}),
        ("put", "PUT", {}),
        ("delete", "DELETE", {}),
        ("text", "POST", {"Content-Type": "text/plain"}),
        ("text-charset", "POST", {"Content-Type": "Text/Plain; charset=utf-8"}),
        ("text-quoted", "POST", {"Content-Type": 'text/plain; charset="utf-8"'}),
        ("form", "POST", {"Content-Type": "application/x-www-form-urlencoded"}),
        ("multipart", "POST", {"Content-Type": "multipart/form-data; boundary=a"}),
        ("json", "POST", {"Content-Type": "application/json"}),
        ("two-types", "POST", {"Content-Type": "text/plain, application/json"}),
        ("no-type", "POST", {"Content-Type": "text"}),
        ("own-header", "GET", {"X-A": "1"}),
        ("accept", "GET", {"Accept": "application/json, */*;q=0.1"}),
        ("accept-unsafe", "GET", {"Accept": "(text)"}),
        ("accept-long", "GET", {"Accept": "a" * 129}),
        ("accept-128", "GET", {"Accept": "a" * 128}),
        ("language", "GET", {"Accept-Language": "de-DE, en;q=0.5, *;q=0.1"}),
        ("language-unsafe", "GET", {"Accept-Language": "de_DE"}),
        ("content-language", "GET", {"Content-Language": "de"}),
        ("range", "GET", {"Range": "bytes=0-99"}),
        ("range-open", "GET", {"Range": "bytes=10-"}),
        ("range-last", "GET", {"Range": "bytes=-10"}),
        ("range-backwards", "GET", {"Range": "bytes=9-1"}),
        ("range-two", "GET", {"Range": "bytes=0-1,3-4"}),
        ("last-event-id", "GET", {"Last-Event-ID": "1"}),
        ("authorization", "GET", {"Authorization": "Basic YTpi"}),
    ]
    return [
        Case(f"asks-{name}", Reply(200, (ME,)), LEAVE, method=method, headers=headers, through=True)
        for name, method, headers in forms
    ]


SENDING: Final[tuple[Case, ...]] = (*_statuses(), *_preflight_origins(), *_methods(), *_names(), *_leave())
