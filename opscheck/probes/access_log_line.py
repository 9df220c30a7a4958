"""One line of an access log, read with care: combined (and whatever begins like it) or a JSON object.

A line is readable when it tells when it was written and whether it asks for the wanted path. A line that is cut off
behind that is readable; one that is cut off before it may hide a hit, and is counted as unreadable.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Final, NamedTuple, TypeAlias

from opscheck.errors import OptionError, did_you_mean
from opscheck.probes.access_log_path import Asks, Wanted, shown, unescaped
from opscheck.probes.access_log_time import Times, time_of

# What stands before the time may be anything: addresses, lists of them, user names, a prefix of a log shipper.
_INSIDE: Final = rb'[^"\\]*+(?:\\.[^"\\]*+)*+'
_HEAD: Final = re.compile(
    rb'\[(\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "(' + _INSIDE + rb')("?)', re.DOTALL
)
_STATUS: Final = re.compile(rb" (\d{3})(?: |$)")
_USUAL: Final = re.compile(rb' (\d{3}) [\d-]+ "' + _INSIDE + rb'" "(' + _INSIDE + rb')"', re.DOTALL)
_QUOTED: Final = re.compile(rb'"(' + _INSIDE + rb')"', re.DOTALL)
_CUT_ESCAPE: Final = re.compile(rb"\\(?:x[0-9A-Fa-f]?)?$")
_REMEMBERED: Final = 4096  # requests whose path is known

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "request": ("request", "request_line", "request_uri", "request.uri", "uri", "url", "path", "RequestPath"),
    "status": ("status", "status_code", "response_code", "DownstreamStatus"),
    "time": ("time_iso8601", "time_local", "time", "@timestamp", "timestamp", "msec", "ts", "start_time", "StartUTC"),
    "agent": ("http_user_agent", "user_agent", "agent", "request.headers.User-Agent", "request_User-Agent"),
}


class Told(Enum):
    """What a line that is no hit tells."""

    OTHER = "it asks for something else"
    UNREADABLE = "it does not tell when it was written, or what for"


class Entry(NamedTuple):
    """A line that asks for the wanted path: what it tells, as it is shown."""

    at: datetime
    day: str
    path: str
    agent: str
    status: str


Line: TypeAlias = Entry | Told


def fields_of(chosen: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The names of JSON fields, with those that were chosen (`request=req`) in place of the usual ones.

    Raises:
        OptionError: something is chosen that is not looked for.
    """
    fields = dict(FIELDS)
    for choice in chosen:
        kind, _, name = choice.partition("=")
        if kind not in FIELDS or not name:
            known = ", ".join(FIELDS)
            raise OptionError(
                f"{choice!r} is no field such as request=NAME{did_you_mean(kind, FIELDS)} (known: {known})"
            )
        fields[kind] = (name,)
    return fields


class LineReader:
    """Reads lines one by one. What many lines share is worked out once."""

    def __init__(self, wanted: Wanted, fields: Mapping[str, tuple[str, ...]]) -> None:
        self._wanted = wanted
        self._fields = fields
        self._asked: dict[bytes, str | Asks] = {}
        self._texts: dict[bytes, str] = {}
        self._times = Times()

    def read(self, line: bytes) -> Line:
        """What a line tells; it has no line feed."""
        if not line.startswith(b"{"):
            head = _HEAD.search(line)
            if head is not None:
                return self._combined(line, head)
            line = line[line.find(b"{") :] if b"{" in line else b""
        return self._json(line) if line else Told.UNREADABLE

    def when(self, line: bytes) -> datetime | None:
        """When a readable line was written."""
        head = None if line.startswith(b"{") else _HEAD.search(line)
        if head is not None:
            return time_of(head[1])
        document = object_of(line[line.find(b"{") :])
        return self.time_in(document)[1] if document is not None else None

    def _combined(self, line: bytes, head: re.Match[bytes]) -> Line:
        stamp, request, closed = head.groups()
        at = self._times.local(stamp)
        if at is None:
            return Told.UNREADABLE
        path = self._path(request, whole=bool(closed))
        if isinstance(path, Asks):
            return Told.OTHER if path is Asks.NO else Told.UNREADABLE
        usual = _USUAL.match(line, head.end()) if closed else None
        status, agent = usual.groups() if usual is not None else _found(line[head.end() :], closed=bool(closed))
        return Entry(at, self._times.day, path, self._text(agent), self._text(status))

    def _path(self, request: bytes, *, whole: bool) -> str | Asks:
        if not whole:
            path = self._wanted.asked(unescaped(_CUT_ESCAPE.sub(b"", request)), whole=False)
            return path if isinstance(path, Asks) else shown(path)
        known = self._asked.get(request)
        if known is None:
            if len(self._asked) >= _REMEMBERED:
                self._asked.clear()
            path = self._wanted.asked(unescaped(request), whole=True)
            known = self._asked[request] = path if isinstance(path, Asks) else shown(path)
        return known

    def _text(self, value: bytes) -> str:
        known = self._texts.get(value)
        if known is None:
            if len(self._texts) >= _REMEMBERED:
                self._texts.clear()
            known = self._texts[value] = shown(unescaped(value))
        return known

    def _json(self, line: bytes) -> Line:
        document = object_of(line)
        if document is None:
            return Told.UNREADABLE
        at = self.time_in(document)[1]
        request = self.request_in(document)[1]
        if at is None or request is None:
            return Told.UNREADABLE
        path = self._wanted.asked(_bytes(request), whole=True)
        if isinstance(path, Asks):
            return Told.OTHER
        agent, status = (shown(_bytes(self._first(document, kind))) for kind in ("agent", "status"))
        return Entry(at, str(at.date()), shown(path), agent, status)

    def time_in(self, document: Mapping[str, Any]) -> tuple[str, datetime | None]:
        """The name of the field with the time, and the time."""
        for name in self._fields["time"]:
            value = _at_name(document, name)
            at = time_of(_bytes(value)) if isinstance(value, str | int | float) else None
            if at is not None:
                return name, at
        return "", None

    def request_in(self, document: Mapping[str, Any]) -> tuple[str, str | None]:
        """The name of the field with what was asked for, and its value."""
        for name in self._fields["request"]:
            value = _at_name(document, name)
            if isinstance(value, str):
                return name, value
        return "", None

    def preferred(self, name: str) -> tuple[str, ...]:
        """The fields that would be taken for what was asked for rather than this one."""
        names = self._fields["request"]
        return names[: names.index(name)]

    def _first(self, document: Mapping[str, Any], kind: str) -> object:
        values = (_at_name(document, name) for name in self._fields[kind])
        return next((value for value in values if value is not None), "")


def _found(rest: bytes, *, closed: bool) -> tuple[bytes, bytes]:
    """Status and user agent behind a request, where other fields stand between them or some are missing."""
    status = _STATUS.match(rest) if closed else None
    quoted = _QUOTED.findall(rest)
    return status[1] if status else b"", quoted[1] if len(quoted) > 1 else b""


def object_of(line: bytes) -> dict[str, Any] | None:
    """The JSON object of a line; bytes that are no UTF-8 pass through, as servers write them as they came."""
    try:
        value = json.loads(line.decode("utf-8", "surrogateescape"))
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _at_name(document: Mapping[str, Any], name: str) -> object:
    """A field by its name, else by its path through nested objects; the first of several values."""
    value: object = document.get(name)
    if value is None and "." in name:
        value = document
        for part in name.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    return value[0] if isinstance(value, list) and value else value


def _bytes(value: object) -> bytes:
    text = value if isinstance(value, str) else str(value)
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
