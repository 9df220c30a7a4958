"""A browser loads what a page names, and takes nothing from elsewhere unchecked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from opscheck.checks._integrity import lints
from opscheck.checks._manifest import told
from opscheck.checks._page_load import Load, Loading, capped, is_foreign, loadings, no_page
from opscheck.checks._words import degraded, failed, passed, status_line, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.model.page import Page
from opscheck.registry import check

_EXPECTED: Final = "every script and stylesheet loads; whatever comes from another origin has integrity metadata"
_LOOPBACK: Final = re.compile(r"(?:.+\.)?localhost|127\.[0-9.]+|::1")
_REASONS: Final = {
    Load.MISMATCH: ("does not match its integrity metadata", "generate the hashes again from what is deployed"),
    Load.CORS: (
        "is kept from the page by CORS",
        "let its host answer Access-Control-Allow-Origin for the page's origin",
    ),
    Load.NO_CROSSORIGIN: ("has integrity but no crossorigin attribute", 'add crossorigin="anonymous" to the element'),
    Load.INEFFECTIVE: ("has metadata without a known algorithm: it is not checked", "use sha256, sha384 or sha512"),
}


@check(
    "sri-page",
    promise="Everything that the page names loads in a browser, and nothing from another origin loads unchecked.",
    concern="sri",
    faults={
        "integrity-mismatch": "an asset is not what its integrity attribute says: browsers refuse it",
        "integrity-malformed": "an integrity attribute holds no digest that anything could match",
        "integrity-ineffective": "an integrity attribute has no algorithm that browsers know: it checks nothing",
        "crossorigin-missing": "an asset of another origin has integrity but no crossorigin: browsers refuse it",
        "asset-cors-refused": "an asset of another origin does not let the page read it: browsers refuse it",
        "cross-origin-unprotected": "a script or stylesheet of another origin has no integrity: its host can change it",
        "asset-not-served": "a script or stylesheet of the page's own origin is answered with an error",
    },
    remedy="generate the attributes from what is deployed: opscheck sri generate",
)
def sri_page(page: Page) -> Verdict:
    """Judge what a browser does with each element of a page."""
    why = no_page(page)
    if why:
        return unclear(why, expected=_EXPECTED, observed=status_line(page.document))
    seen = list(loadings(page))
    counted = _counted(seen)
    defects = _defects(page, seen)
    if defects:
        reason, remedy, lines = defects
        return failed(reason, expected=_EXPECTED, observed=f"{told(lines)} ({counted})", remedy=remedy)
    blind = [str(one) for one in seen if one.load is Load.UNREACHABLE]
    if blind:
        remedy = "look at these addresses from here; a browser elsewhere may see them"
        reason = f"{len(blind)} of {len(seen)} elements could not be looked at"
        return unclear(reason, expected=_EXPECTED, observed=told(blind), remedy=remedy)
    weak = _weak(page, seen)
    if weak:
        remedy = "mend what is told: the header at the server, the hash by opscheck sri generate"
        return degraded(weak[0], expected=_EXPECTED, observed=f"{told(weak)} ({counted})", remedy=remedy)
    reason = "everything that the page names loads as it should" if seen else "the page names no script or stylesheet"
    return passed(reason, expected=_EXPECTED, observed=counted)


def _defects(page: Page, seen: Sequence[Loading]) -> tuple[str, str, list[str]] | None:
    """The first kind of defect, in words, with its remedy; and every element that has one, this kind first."""
    found: dict[tuple[str, str], list[Loading]] = {}
    for one in seen:
        defect = _defect(page, one)
        if defect:
            found.setdefault(defect, []).append(one)
    if not found:
        return None
    (text, remedy), first = next(iter(found.items()))
    others = sum(map(len, found.values())) - len(first)
    more = f"; {others} more have other defects" if others else ""
    reason = f"a {first[0].element.tag} {text}" if len(first) == 1 else f"{len(first)} elements: each {text}"
    return reason + more, remedy, [str(one) for kind in found.values() for one in kind]


def _defect(page: Page, one: Loading) -> tuple[str, str] | None:
    if one.resource is None:
        return "has an address that no browser can read", "correct the address in the page"
    if one.load is Load.MISMATCH and not any(item.base64 for item in one.metadata.strongest):
        return "has integrity metadata that nothing matches", "generate the attribute: opscheck sri generate"
    if one.load in _REASONS:
        return _REASONS[one.load]
    foreign = is_foreign(one.element, page.origin)
    if one.load is Load.UNPROTECTED and (foreign or one.strays(page.origin)) and not one.element.preload:
        remedy = "add integrity and crossorigin to it, or serve it from the page's own origin"
        return "comes from another origin without integrity", remedy
    if one.load is Load.UNREACHABLE and not foreign and one.answered:
        return "is not served", "deploy the file, or correct the address in the page"
    return None


def _weak(page: Page, seen: Sequence[Loading]) -> list[str]:
    """What is well today and need not stay so."""
    notes = [capped(page)]
    checked = [one for one in seen if one.load is Load.PROTECTED]
    parts = urlsplit(page.url)
    if checked and parts.scheme == "http" and not _LOOPBACK.fullmatch(parts.hostname or ""):
        notes.append("the page itself comes over http: whoever is on the way can change the hashes, too")
    notes += lints(one.metadata for one in checked)
    own = [one for one in checked if not is_foreign(one.element, page.origin)]
    changeable = [one for one in own if not _untransformed(one)]
    if changeable:
        notes.append(
            f"{len(changeable)} of {len(own)} checked assets served without Cache-Control: no-transform:"
            " a proxy may change them, and browsers then refuse them"
        )
    return [note for note in notes if note]


def _untransformed(one: Loading) -> bool:
    answers = [way.arrived for way in one.resource.deliveries] if one.resource else []
    return all(answer is None or _says(answer, "no-transform") for answer in answers)


def _says(answer: HttpExchange, directive: str) -> bool:
    told_ = ",".join(answer.header_values("cache-control")).lower()
    return answer.request.url.startswith("data:") or directive in {part.strip() for part in told_.split(",")}


def _counted(seen: Sequence[Loading]) -> str:
    numbers = {load: sum(one.load is load for one in seen) for load in Load}
    return ", ".join(f"{number} {load}" for load, number in numbers.items() if number) or "nothing to load"
