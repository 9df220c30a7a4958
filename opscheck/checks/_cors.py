"""What a browser makes of an answer to another origin's page, by the Fetch standard, byte by byte."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from opscheck.checks._request_headers import preflighted_names
from opscheck.checks._tokens import token_list
from opscheck.checks._words import shown
from opscheck.model import HttpExchange
from opscheck.model.origin import read_origin

ALLOW_ORIGIN: Final = "access-control-allow-origin"
ALLOW_CREDENTIALS: Final = "access-control-allow-credentials"
ALLOW_METHODS: Final = "access-control-allow-methods"
ALLOW_HEADERS: Final = "access-control-allow-headers"
EXPOSE_HEADERS: Final = "access-control-expose-headers"
MAX_AGE: Final = "access-control-max-age"
ANY: Final = "*"

SIMPLE_METHODS: Final = frozenset({"GET", "HEAD", "POST"})
READABLE: Final = frozenset(
    {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified", "pragma"}
)
_NEVER_READABLE: Final = frozenset({"set-cookie", "set-cookie2"})
_NEVER_COVERED: Final = frozenset({"authorization"})  # by a wildcard: it has to be named
_DEFAULT_AGE: Final = 5
_CAPS: Final = {"Chromium": 7200, "Firefox": 86_400}


class Defect(StrEnum):
    """Why a browser keeps an answer from a page."""

    ABSENT = "absent"  # no Access-Control-Allow-Origin
    SEVERAL = "several"  # more than one header of that name
    LIST = "list"  # one header with several origins
    SPELLED = "spelled"  # the right origin, but not byte for byte
    OTHER = "other"  # another origin
    WILDCARD = "wildcard"  # `*` where credentials are sent
    CREDENTIALS = "credentials"  # no Access-Control-Allow-Credentials: true
    STATUS = "status"  # a preflight was not answered with 2xx
    UNREADABLE = "unreadable"  # a list of methods or headers that is none
    METHOD = "method"
    HEADER = "header"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a browser decides; `why` is one line, and empty where it lets the page through."""

    defect: Defect | None = None
    why: str = ""

    @property
    def allowed(self) -> bool:
        """The page gets what it asked for."""
        return self.defect is None


_THROUGH: Final = Ruling()


def shared(answer: HttpExchange, origin: str, *, credentials: bool) -> Ruling:
    """Whether a page of this origin may read the answer: the CORS check.

    Args:
        origin: serialised, or `null`.
        credentials: the request was made in the mode that sends cookies.
    """
    value = _value(answer, ALLOW_ORIGIN)
    if value is None:
        return Ruling(Defect.ABSENT, "the answer has no Access-Control-Allow-Origin")
    if value == ANY and not credentials:
        return _THROUGH
    if value != origin:
        return _not_the_origin(answer, value, origin)
    if not credentials:
        return _THROUGH
    offered = _value(answer, ALLOW_CREDENTIALS)
    if offered != "true":
        told = "absent" if offered is None else shown(offered, 40)
        return Ruling(Defect.CREDENTIALS, f"Access-Control-Allow-Credentials is {told}, not the exact word true")
    return _THROUGH


def preflight_allows(
    answer: HttpExchange, origin: str, method: str, headers: Iterable[str] = (), *, credentials: bool
) -> Ruling:
    """Whether a browser goes on to send the request that a preflight asked leave for.

    Args:
        method: the request's, as it is sent.
        headers: the names of those of its headers that a page may not just send.
        credentials: the request itself is to be made in the mode that sends cookies.
    """
    readable = shared(answer, origin, credentials=credentials)
    if not readable.allowed:
        return readable
    if not 200 <= answer.status < 300:
        return Ruling(Defect.STATUS, f"the preflight is answered with {answer.status}, not with a 2xx")
    return _method(answer, method, anything=not credentials) or _headers(answer, headers, anything=not credentials)


def _method(answer: HttpExchange, method: str, *, anything: bool) -> Ruling | None:
    """The ruling where it is about the method, or where one of the lists cannot be read."""
    lists = [(name, token_list(answer.header_values(name))) for name in (ALLOW_METHODS, ALLOW_HEADERS)]
    for name, tokens in lists:
        if tokens is None:
            return Ruling(Defect.UNREADABLE, f"{_title(name)} is no list of names: {_told(answer, name)}")
    methods = lists[0][1] or ()
    if method in methods or method in SIMPLE_METHODS or (anything and ANY in methods):
        return None
    return Ruling(Defect.METHOD, f"{_title(ALLOW_METHODS)} lacks {method}: {_told(answer, ALLOW_METHODS)}")


def _headers(answer: HttpExchange, headers: Iterable[str], *, anything: bool) -> Ruling:
    known = {name.lower() for name in token_list(answer.header_values(ALLOW_HEADERS)) or ()}
    wanted = {name.lower() for name in headers} - known
    lacking = {name for name in wanted if name in _NEVER_COVERED or not (anything and ANY in known)}
    if not lacking:
        return _THROUGH
    told = f"{_title(ALLOW_HEADERS)} lacks {', '.join(sorted(lacking))}: {_told(answer, ALLOW_HEADERS)}"
    return Ruling(Defect.HEADER, told)


def needs_preflight(method: str, headers: Sequence[tuple[str, str]] = ()) -> bool:
    """Whether a browser asks for leave before it sends such a request for a page of another origin.

    >>> needs_preflight("POST", [("content-type", "text/plain")]), needs_preflight("DELETE")
    (False, True)
    """
    return method not in SIMPLE_METHODS or bool(preflighted_names(headers))


def exposes(answer: HttpExchange, name: str, *, credentials: bool) -> bool:
    """Whether a page that may read the answer may read this header of it."""
    wanted = name.lower()
    if wanted in _NEVER_READABLE:
        return False
    named = {one.lower() for one in token_list(answer.header_values(EXPOSE_HEADERS)) or ()}
    return wanted in READABLE or wanted in named or (ANY in named and not credentials)


@dataclass(frozen=True, slots=True)
class Age:
    """How long a permission is remembered.

    Attributes:
        told: the seconds that the server says; None where it says none that can be read.
        seconds: the seconds by the standard.
        by_browser: the seconds after each browser's own cap.
    """

    told: int | None
    seconds: int
    by_browser: dict[str, int]


def max_age(answer: HttpExchange) -> Age:
    """How long browsers remember the answer to a preflight."""
    value = _value(answer, MAX_AGE)
    if value is None or not (value.isascii() and value.isdigit()):
        return Age(None, _DEFAULT_AGE, dict.fromkeys(_CAPS, _DEFAULT_AGE))
    told = int(value[:20])
    return Age(told, told, {browser: min(told, cap) for browser, cap in _CAPS.items()})


def varies_by_origin(answer: HttpExchange) -> bool:
    """Caches are told that the answer depends on the origin."""
    named = {part.strip(" \t").lower() for value in answer.header_values("vary") for part in value.split(",")}
    return "origin" in named or ANY in named


def _value(answer: HttpExchange, name: str) -> str | None:
    """All values of a header as a browser joins them, without the whitespace around each."""
    values = answer.header_values(name)
    return ", ".join(value.strip(" \t") for value in values) if values else None


def _told(answer: HttpExchange, name: str) -> str:
    value = _value(answer, name)
    return "absent" if value is None else shown(value, 80)


def _title(name: str) -> str:
    return "-".join(part.capitalize() for part in name.split("-"))


def _not_the_origin(answer: HttpExchange, value: str, origin: str) -> Ruling:
    count = len(answer.header_values(ALLOW_ORIGIN))
    told, name = shown(value, 90), _title(ALLOW_ORIGIN)
    if count > 1:
        return Ruling(Defect.SEVERAL, f"{count} headers {name}: {told}")
    if value == ANY:
        return Ruling(Defect.WILDCARD, f"{name} is `*`, which does not do for requests with cookies")
    if "," in value or len(value.split()) > 1:
        return Ruling(Defect.LIST, f"{name} is a list, and has to be one origin: {told}")
    if _plain(value) == _plain(origin):
        return Ruling(Defect.SPELLED, f"{name} is {told}, byte for byte not {origin}")
    return Ruling(Defect.OTHER, f"{name} is {told}, not {origin}")


def _plain(text: str) -> str:
    """An origin without what does not belong there, so that a misspelt one can be told from another."""
    bare = text.strip("\"'").lower().rstrip("/")
    for scheme, port in (("http", ":80"), ("https", ":443")):
        if bare.startswith(f"{scheme}://") and bare.endswith(port):
            bare = bare.removesuffix(port)
    return bare if read_origin(bare) else text
