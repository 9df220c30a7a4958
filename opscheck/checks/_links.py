"""`Link` headers as the standard reads them: several links, quoted parameters, several relations in one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urljoin, urlsplit

from opscheck.checks._tokens import TOKEN

_TARGET: Final = re.compile(r"<([^<>\s]*)>")
_PARAMETER: Final = re.compile(
    rf'[ \t]*;[ \t]*(?:({TOKEN.pattern})(?:[ \t]*=[ \t]*(?:({TOKEN.pattern})|"((?:[^"\\]|\\.)*)"))?)?'
)
_BETWEEN: Final = re.compile(r"[ \t]*(?:,[ \t]*|$)")
_QUOTED: Final = re.compile(r"\\(.)")


class NoLinks(ValueError):
    """The header cannot be read; the text says from where on."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link: where to, and what that is to the document (in lower case)."""

    target: str
    relations: frozenset[str]

    def path(self, base: str) -> str:
        """The path of the target, seen from a document; empty where that is no URL."""
        try:
            return urlsplit(urljoin(base, self.target)).path or "/"
        except ValueError:
            return ""


def read_links(values: Iterable[str]) -> tuple[Link, ...]:
    """The links of every occurrence of the header.

    >>> read_links(['</a>; rel="next prev", <b>; title="x, y"; rel=last'])[1].target
    'b'

    Raises:
        NoLinks: one of them is no list of links.
    """
    return tuple(link for value in values for link in _links(value.strip(" \t,")))


def _links(value: str) -> Iterable[Link]:
    place = 0
    while place < len(value):
        target = _TARGET.match(value, place)
        if target is None:
            raise NoLinks(f"it cannot be read from character {place + 1} on")
        place = target.end()
        relations: frozenset[str] | None = None
        while (parameter := _PARAMETER.match(value, place)) is not None:
            place = parameter.end()
            name, token, quoted = parameter.groups()
            # Of several `rel` only the first counts.
            if relations is None and (name or "").casefold() == "rel":
                text = token if quoted is None else _QUOTED.sub(r"\1", quoted)
                relations = frozenset((text or "").casefold().split())
        between = _BETWEEN.match(value, place)
        if between is None:
            raise NoLinks(f"it cannot be read from character {place + 1} on")
        yield Link(target[1], relations or frozenset())
        place = between.end()
        while place < len(value) and value[place] in " \t,":  # empty elements of a list
            place += 1
