"""`Integrity-Policy` as the standard reads it: what a page forbids itself to load without integrity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import http_sf

from opscheck.checks._page_load import Loading
from opscheck.checks._words import shown
from opscheck.model import HttpExchange

ENFORCED: Final = "integrity-policy"
REPORTED: Final = "integrity-policy-report-only"
DESTINATIONS: Final = ("script", "style")
_SOURCES: Final = ("inline",)


class BadPolicy(ValueError):
    """A header that browsers cannot use; the text says why."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a header asks for.

    Attributes:
        destinations: kinds of assets that need integrity.
        sources: where the metadata may come from; only `inline` means anything.
        endpoints: where a browser reports to.
    """

    destinations: tuple[str, ...]
    sources: tuple[str, ...] = _SOURCES
    endpoints: tuple[str, ...] = ()

    def covers(self, destination: str) -> bool:
        """Assets of this kind need integrity."""
        return destination in self.destinations and "inline" in self.sources

    def blocks(self, one: Loading) -> bool:
        """This element is refused: it has no metadata that counts, or does not ask in a mode that can be checked."""
        element = one.element
        exempt = element.url.startswith(("data:", "blob:", "about:"))
        return self.covers(element.destination) and not exempt and not (one.metadata.effective and element.cors)


def read_policy(answer: HttpExchange, name: str) -> Policy | None:
    """The policy of a header of this name; None where there is none.

    Raises:
        BadPolicy: it is no structured field, or not of the form that the standard asks for.
    """
    values = answer.header_values(name)
    if not values:
        return None
    text = ", ".join(values)
    try:
        fields = http_sf.parse(text.encode("latin-1", "replace"), tltype="dictionary")
    except Exception:  # noqa: BLE001 - whatever a library makes of hostile bytes, the header cannot be read
        raise BadPolicy(f"is no structured dictionary: {shown(text, 80)}") from None
    if not isinstance(fields, dict):
        raise BadPolicy(f"is no structured dictionary: {shown(text, 80)}")
    lists = {key: _words(key, fields[key]) for key in ("blocked-destinations", "sources", "endpoints") if key in fields}
    return Policy(lists.get("blocked-destinations", ()), lists.get("sources", _SOURCES), lists.get("endpoints", ()))


def _words(key: str, member: Any) -> tuple[str, ...]:  # noqa: ANN401 - what the library makes of a member
    """The tokens of an inner list."""
    items = member[0] if isinstance(member, tuple) else member
    if not isinstance(items, list):
        raise BadPolicy(f"has no list in brackets as its {key}")
    words = [item[0] if isinstance(item, tuple) else item for item in items]
    strange = [word for word in words if not isinstance(word, http_sf.Token)]
    if strange:
        raise BadPolicy(f"has {shown(strange[0], 40)} in its {key}, which is no token")
    return tuple(map(str, words))
