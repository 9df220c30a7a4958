"""The count as one would write it without any care for speed: sign by sign, sharing no code with what is tested."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

_HEX = b"0123456789abcdefABCDEF"
_SHAPE = "00/Aaa/0000:00:00:00 +0000"


@dataclass
class Count:
    """What was counted."""

    hits: int = 0
    own: int = 0
    lines: int = 0
    unreadable: int = 0
    paths: Counter[str] = field(default_factory=Counter)
    days: Counter[str] = field(default_factory=Counter)
    agents: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    first: datetime | None = None
    last: datetime | None = None


def count(log: bytes, base: bytes, since: datetime | None = None, until: datetime | None = None) -> Count:
    """The hits of `base`, which has no slash at its end, and of what lies below."""
    total = Count()
    for line in _lines(log):
        total.lines += 1
        at, told = _told(line, base)
        if at is None or told is None:
            total.unreadable += 1
            continue
        total.first = total.first or at
        total.last = at
        if told[0] is None or (since and at < since) or (until and at >= until):
            continue
        path, agent, status = told[0] or b"", told[1], told[2]
        if agent.startswith(b"opscheck/"):
            total.own += 1
            continue
        total.hits += 1
        total.paths[_text(path)] += 1
        total.agents[_text(agent)] += 1
        total.statuses[_text(status)] += 1
        total.days[at.strftime("%Y-%m-%d")] += 1
    return total


def _lines(log: bytes) -> Iterable[bytes]:
    lines = log.split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _text(value: bytes) -> str:
    text = value[:800].decode("utf-8", "backslashreplace")
    text = "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in text)
    return text if len(text) <= 200 else text[:199] + "…"


Told = tuple[bytes | None, bytes, bytes] | None  # path (None: no hit), agent, status


def _told(line: bytes, base: bytes) -> tuple[datetime | None, Told]:
    if line[:1] != b"{":
        for place in range(len(line)):
            if line[place] == ord("[") and _is_stamp(line[place + 1 : place + 30]):
                return _combined(line, place, base)
        if b"{" not in line:
            return None, None
        line = line[line.index(b"{") :]
    return _json(line, base)


def _is_stamp(text: bytes) -> bool:
    if len(text) < 29 or text[26:] != b'] "':
        return False
    for sign, wanted in zip(text[:26].decode("latin-1"), _SHAPE, strict=True):
        if wanted == "0":
            good = sign in "0123456789"
        elif wanted == "A":
            good = sign in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        elif wanted == "a":
            good = sign in "abcdefghijklmnopqrstuvwxyz"
        else:
            good = sign in ("+-" if wanted == "+" else wanted)
        if not good:
            return False
    return True


def _combined(line: bytes, place: int, base: bytes) -> tuple[datetime | None, Told]:
    try:
        at = _local(line[place + 1 : place + 27].decode())
    except ValueError:
        return None, None
    request, closed, rest = _string(line[place + 30 :])
    path = _path(request, base, whole=closed)
    if isinstance(path, bool):
        return at, None
    if path is None:
        return at, (None, b"", b"")
    status = rest[1:4] if rest[:1] == b" " and rest[4:5] in (b" ", b"") else b""
    status = status if len(status) == 3 and status.isdigit() else b""
    strings = []
    while b'"' in rest:
        text, closed, rest = _string(rest[rest.index(b'"') + 1 :])
        if closed:
            strings.append(text)
    return at, (path, strings[1] if len(strings) > 1 else b"", status)


def _string(text: bytes) -> tuple[bytes, bool, bytes]:
    """What stands up to the closing quote, unescaped; whether there is one; what stands behind."""
    found = bytearray()
    place = 0
    while place < len(text):
        sign = text[place : place + 1]
        if sign == b'"':
            return bytes(found), True, text[place + 1 :]
        if sign == b"\\":
            digits = text[place + 2 : place + 4]
            if (
                text[place + 1 : place + 2] == b"x"
                and len(digits) == 2
                and all(one in b"0123456789abcdefABCDEF" for one in digits)
            ):
                found.append(int(digits, 16))
                place += 4
                continue
            rest = text[place + 1 :]
            if not rest or (rest[:1] == b"x" and len(rest) < 3 and all(one in _HEX for one in rest[1:])):
                break  # cut within an escape
            sign = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"v": b"\v"}.get(
                text[place + 1 : place + 2], text[place + 1 : place + 2]
            )
            place += 1
        found += sign
        place += 1
    return bytes(found), False, b""


def _path(request: bytes, base: bytes, *, whole: bool) -> bytes | bool | None:
    """The decoded path of a hit, None for anything else, False where the line is cut off before that can be told."""
    target, whole = _target(request, whole=whole)
    if not target.startswith(b"/"):
        after = _after_authority(target)
        if after is None:
            return None if whole or target.startswith(b"*") else False
        whole = whole or after != b""
        target = after or (b"/" if whole else b"")
    for mark in (b"?", b"#"):
        if mark in target:
            target, whole = target[: target.index(mark)], True
    path = _decoded(target if whole else _without_cut_escape(target))
    if path.startswith(base + b"/") or (whole and path == base):  # an authority alone means its root
        return path or b"/"
    return False if not whole and (base + b"/").startswith(path) else None


def _target(request: bytes, *, whole: bool) -> tuple[bytes, bool]:
    target = request
    if not request.startswith(b"/") and _after_authority(request) is None:
        target = request.partition(b" ")[2].lstrip(b" ")
        if not whole and b" " in target and not _has_protocol(target):
            return target.split(b" ")[0], True
    if _has_protocol(target):
        return target[: target.rindex(b" ")], True
    return target, whole


def _without_cut_escape(target: bytes) -> bytes:
    if target[-1:] == b"%":
        return target[:-1]
    return target[:-2] if target[-2:-1] == b"%" and target[-1] in _HEX else target


def _has_protocol(target: bytes) -> bool:
    words = target.split(b" ")
    name, version = words[-1][:5], words[-1][5:]
    return len(words) > 1 and name == b"HTTP/" and version != b"" and all(one in b"0123456789." for one in version)


def _after_authority(target: bytes) -> bytes | None:
    scheme, mark, rest = target.partition(b"://")
    if not mark or not scheme[:1].isalpha() or not all(bytes((one,)).isalnum() or one in b"+.-" for one in scheme):
        return None
    ends = [rest.index(one) for one in (b"/", b"?", b"#") if one in rest]
    return rest[min(ends) :] if ends else b""


def _is_byte(digits: bytes) -> bool:
    return len(digits) == 2 and all(one in _HEX for one in digits)


def _decoded(text: bytes) -> bytes:
    found = bytearray()
    place = 0
    while place < len(text):
        digits = text[place + 1 : place + 3]
        if text[place] == ord("%") and _is_byte(digits):
            found.append(int(digits, 16))
            place += 3
        else:
            found.append(text[place])
            place += 1
    return bytes(found)


def _json(line: bytes, base: bytes) -> tuple[datetime | None, Told]:
    """The fields that the generated lines have."""
    try:
        document = json.loads(line.decode("utf-8", "surrogateescape"))
    except ValueError:
        return None, None
    if not isinstance(document, dict):
        return None, None
    at = _json_time(document)
    fields = [document.get(name) for name in ("request", "uri", "path")]
    requests = [value for value in fields if isinstance(value, str)]
    if at is None or not requests:
        return None, None
    path = _path(requests[0].encode("utf-8", "surrogateescape"), base, whole=True)
    if not isinstance(path, bytes):
        return at, (None, b"", b"")
    agent = str(document.get("http_user_agent", document.get("user_agent", "")))
    return at, (
        path,
        agent.encode("utf-8", "surrogateescape"),
        str(document.get("status", "")).encode("utf-8", "surrogateescape"),
    )


def _json_time(document: dict[str, object]) -> datetime | None:
    for name in ("time_iso8601", "time_local", "time", "msec"):
        text = str(document.get(name))
        if not text.isascii():
            continue
        for read in (_local, _epoch, datetime.fromisoformat):
            try:
                at = read(text)
            except ValueError:
                continue
            if ":" in text or read is _epoch:
                return at if at.tzinfo else at.replace(tzinfo=UTC)
    return None


def _local(text: str) -> datetime:
    if len(text) != len(_SHAPE):
        raise ValueError(text)
    return datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z")


def _epoch(text: str) -> datetime:
    whole, point, part = text.partition(".")
    usual = bool(point) == bool(part) and (whole + part).isdigit() and len(part) <= 9
    if not usual or not 9 <= len(whole) <= (11 if part else 14):
        raise ValueError(text)
    return datetime.fromtimestamp(float(text) / (1000 if len(whole) > 11 else 1), UTC)
