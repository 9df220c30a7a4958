"""What a browser does with each element of a page: loads it checked, loads it unchecked, or refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from opscheck.checks._cors import shared
from opscheck.checks._integrity import Metadata, metadata_of, parse
from opscheck.checks._words import shown
from opscheck.model import HttpExchange, Kind, Unmeasured
from opscheck.model.page import Delivery, Page, PageElement, Resource, origin_of

BROKEN: Final = frozenset({Kind.PROTOCOL, Kind.TOO_LARGE})  # an answer that came, and that nobody can decode
_OPAQUE: Final = "another origin's answer cannot be checked without the attribute crossorigin"


class Load(StrEnum):
    """A browser's verdict, the gravest last."""

    PROTECTED = "protected"
    UNPROTECTED = "unprotected (no metadata)"
    INEFFECTIVE = "unprotected (no known algorithm)"
    UNREACHABLE = "unreachable"
    NO_CROSSORIGIN = "blocked-no-crossorigin"
    CORS = "blocked-cors"
    MISMATCH = "mismatch"

    @property
    def loads(self) -> bool:
        """The browser takes it."""
        return self in (Load.PROTECTED, Load.UNPROTECTED, Load.INEFFECTIVE)

    @property
    def gravity(self) -> int:
        """0 is the best."""
        return list(Load).index(self)


@dataclass(frozen=True, slots=True)
class Loading:
    """An element, what a browser does with it, and why in a few words."""

    element: PageElement
    metadata: Metadata
    resource: Resource | None
    load: Load
    why: str = ""

    @property
    def answered(self) -> bool:
        """Whoever serves it has answered, if only with an error."""
        return self.resource is not None and any(
            isinstance(one.answer, HttpExchange) for one in self.resource.deliveries
        )

    def strays(self, origin: str) -> bool:
        """It is named here, and comes from elsewhere by a redirect."""
        arrived = [way.arrived for way in self.resource.deliveries if way.arrived] if self.resource else []
        return any(_crosses(answer.request.url, origin) for answer in arrived)

    def __str__(self) -> str:
        why = f": {self.why}" if self.why else ""
        return f"{self.element} {shown(self.element.address, 70)} {self.load}{why}"


def loadings(page: Page) -> Iterator[Loading]:
    """What becomes of each element that was looked at, in the order of the page."""
    index = page.index()
    for element in page.elements:
        resource = index.get((element.url, element.cors))
        if resource is not None or not element.url:
            yield loading(element, resource, page.origin)


def loading(element: PageElement, resource: Resource | None, origin: str) -> Loading:
    """What becomes of one element of a page of this origin; of several ways of being served, the worst counts."""
    metadata = parse(element.integrity)
    if resource is None:
        return Loading(element, metadata, None, Load.UNREACHABLE, "its address cannot be read")
    answered = [way for way in resource.deliveries if not isinstance(way.answer, Unmeasured)]
    broken = [way for way in resource.deliveries if isinstance(way.answer, Unmeasured) and way.answer.kind in BROKEN]
    judged = [*answered, *broken] if answered else resource.deliveries
    outcomes = [_delivered(element, metadata, way, origin) for way in judged]
    load, why = max(outcomes, key=lambda one: one[0].gravity)
    return Loading(element, metadata, resource, load, why)


def no_page(page: Page) -> str:
    """Why this is no page to judge; empty where it is one."""
    if page.document.status != 200:
        return f"there is no page to judge: it is answered with {page.document.status}"
    return "" if page.is_html else "there is no page to judge: the answer is no HTML"


def capped(page: Page) -> str:
    """How much of a page was not looked at; empty where all was."""
    more = page.left_out + page.unread
    return f"{more} further elements or assets were not looked at: the page names too many" if more else ""


def is_foreign(element: PageElement, origin: str) -> bool:
    """It comes from another origin than its page, or from one that cannot be told."""
    return _crosses(element.url, origin)


def _delivered(element: PageElement, metadata: Metadata, way: Delivery, origin: str) -> tuple[Load, str]:
    if way.arrived is None:
        return Load.UNREACHABLE, way.told
    answers = (*way.hops, way.arrived)
    if element.cors:
        refused = _cors_refusal(answers, origin, credentials=element.credentials)
        if refused:
            return Load.CORS, refused
    elif metadata.effective and any(_crosses(one.request.url, origin) for one in answers):
        return Load.NO_CROSSORIGIN, _OPAQUE
    if not metadata.effective:
        ineffective = bool(metadata.dropped)
        return (Load.INEFFECTIVE if ineffective else Load.UNPROTECTED), ", ".join(
            shown(one, 30) for one in metadata.dropped[:2]
        )
    if metadata.matches(way.digests):
        return Load.PROTECTED, ""
    served = metadata_of(way.digests, metadata.algorithm)
    asked = "" if way.encoding == "identity" else f" asked for {way.encoding}"
    return Load.MISMATCH, f"{shown(metadata.strongest[0].written, 30)}, served{asked} {served[:24]}…"


def _cors_refusal(answers: tuple[HttpExchange, ...], origin: str, *, credentials: bool) -> str:
    """Why a browser keeps an answer, or a redirect to it, from the page; empty where it does not.

    Once a request has left the page's origin every further answer has to give leave. After a second change of origin
    the request no longer says whose it is: its origin is `null`.
    """
    crossed = tainted = False
    for before, answer in zip((None, *answers), answers, strict=False):
        here = answer.request.url
        if before is not None and origin_of(before.request.url) != origin_of(here):
            tainted = tainted or _crosses(before.request.url, origin)
        crossed = crossed or _crosses(here, origin)
        if crossed:
            ruling = shared(answer, "null" if tainted else origin, credentials=credentials)
            if not ruling.allowed:
                return ruling.why
    return ""


def _crosses(url: str, origin: str) -> bool:
    return not url.startswith("data:") and origin_of(url) != origin
