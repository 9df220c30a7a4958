"""An old address: what its answer says of whether it still lives, and since when and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final
from urllib.parse import urljoin, urlsplit

import http_sf

from opscheck.checks._http_date import http_date
from opscheck.checks._links import Link, NoLinks, read_links
from opscheck.checks._words import shown
from opscheck.model import HttpExchange

_GONE: Final = (404, 410)
_REFUSED: Final = (401, 403)
_FOR_GOOD: Final = (301, 308)
_SEVERAL: Final = frozenset({408, 425, 429})  # of those who ask now, not of the address


class Standing(Enum):
    """What became of an old address, in words that end a sentence about it."""

    LIVES = "still answers"
    GONE = "is gone"
    REFUSED = "is refused by policy"
    MOVED = "leads to its successor for good"
    LED = "leads somewhere else, or not for good"
    HALF = "answers neither as before nor as one that is gone"
    UNCLEAR = "cannot be judged now"

    @property
    def given_up(self) -> bool:
        """Nobody is served there any more."""
        return self in (Standing.GONE, Standing.REFUSED, Standing.MOVED)


def standing(answer: HttpExchange, successor: str) -> Standing:
    """What became of the address that gave this answer.

    A redirect counts as given up only where it is for good and leads to the successor's path.
    """
    status = answer.status
    if 200 <= status < 300:
        return Standing.LIVES
    if status in _GONE:
        return Standing.GONE
    if status in _REFUSED:
        return Standing.REFUSED
    if 300 <= status < 400:
        return Standing.MOVED if status in _FOR_GOOD and _leads_to(answer) == successor else Standing.LED
    return Standing.UNCLEAR if status in _SEVERAL or status >= 500 or status < 200 else Standing.HALF


def _leads_to(answer: HttpExchange) -> str:
    try:
        return urlsplit(urljoin(answer.request.url, answer.header("location") or "")).path
    except ValueError:
        return ""


class Malformed(ValueError):
    """A header that says nothing because of its form; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What an answer says of the end of its address.

    Attributes:
        deprecated: since when it should not be used any more, or from when on.
        sunset: when it ends.
    """

    deprecated: datetime | None
    sunset: datetime | None
    links: tuple[Link, ...]

    @property
    def announced(self) -> bool:
        """A link alone tells no time, so it announces nothing."""
        return self.deprecated is not None or self.sunset is not None


def deprecation(answer: HttpExchange) -> datetime | None:
    """The date of `Deprecation`; None where there is no such header.

    Raises:
        Malformed: it is no date of structured fields.
    """
    text = answer.header("deprecation")
    if text is None:
        return None
    try:
        item = http_sf.parse(text.encode("latin-1", "replace"), tltype="item")
    except Exception:  # noqa: BLE001 - whatever a library makes of hostile bytes, the header cannot be read
        item = None
    value = item[0] if isinstance(item, tuple) else None
    if not isinstance(value, datetime):
        raise Malformed(f"Deprecation is no date such as @1688169599: {shown(text, 60)}")
    return value


def sunset(answer: HttpExchange) -> datetime | None:
    """The date of `Sunset`; None where there is no such header.

    Raises:
        Malformed: it is no HTTP date, or there are several.
    """
    text = answer.header("sunset")
    if text is None:
        return None
    moment = http_date(text.strip(" \t"))
    if moment is None:
        raise Malformed(f"Sunset is no date such as Sun, 06 Nov 1994 08:49:37 GMT: {shown(text, 60)}")
    return moment


def links(answer: HttpExchange) -> tuple[Link, ...]:
    """Its links.

    Raises:
        Malformed: they cannot be read.
    """
    values = answer.header_values("link")
    try:
        return read_links(values)
    except NoLinks as error:
        raise Malformed(f"Link: {error}: {shown(', '.join(values), 60)}") from None


def signals(answer: HttpExchange) -> Signals:
    """All of them.

    Raises:
        Malformed: one of them says nothing because of its form.
    """
    return Signals(deprecation(answer), sunset(answer), links(answer))


def told(answer: HttpExchange) -> str:
    """Its signals as they stand in the headers, for a report."""
    parts = [
        f"{name} {shown(answer.header(name.lower()), 60)}"
        for name in ("Deprecation", "Sunset", "Link")
        if answer.header(name.lower()) is not None
    ]
    return f"{answer.status}, {', '.join(parts) or 'no Deprecation, no Sunset, no Link'}"
