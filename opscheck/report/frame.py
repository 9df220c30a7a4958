"""The frame of every page that people look at: no script, no network, the decision first, light and dark."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import Final

_OWN: Final = "opscheck.report"


@cache
def resource(name: str, package: str = _OWN) -> str:
    """A text that is shipped with a package."""
    return (files(package) / name).read_text("utf-8")


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page says; every text is HTML already.

    Attributes:
        style: CSS beyond that of all pages.
        symbols: further `<symbol>`s for `#i-...`.
        head: further elements of the head.
        skip: what the first link of the page leads to.
        brand: whose page it is, above the decision.
        kind: a word for the decision's colour.
        symbol: the decision's.
        facts: pairs of a description list.
        under: what stands below them, still in the header.
    """

    title: str
    skip: str
    brand: str
    kind: str
    symbol: str
    decision: str
    sentence: str
    facts: str
    main: str
    foot: str
    version: str
    under: str = ""
    style: str = ""
    symbols: str = ""
    head: str = ""

    def render(self) -> str:
        """The whole page."""
        slots = asdict(self)
        slots["style"] = resource("page.css") + self.style
        slots["symbols"] = self.symbols or resource("symbols.html")
        return Template(resource("frame.html")).substitute(slots)
