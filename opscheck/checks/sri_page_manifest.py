"""The integrity attributes of a page are those of the manifest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from opscheck.checks._integrity import Metadata, parse
from opscheck.checks._manifest import (
    BadManifest,
    Entry,
    Source,
    address,
    by_address,
    problems,
    read_manifest,
    told,
    unusable,
)
from opscheck.checks._page_load import capped, no_page
from opscheck.checks._words import degraded, failed, passed, shown, status_line, unclear
from opscheck.model import Verdict
from opscheck.model.page import Page, PageElement, origin_of
from opscheck.registry import check

_EXPECTED: Final = "each attribute of the page is the manifest's, and each asset of the manifest that it names has one"


@check(
    "sri-page-manifest",
    promise="Every asset of its own that the page names carries the hash that the manifest gives for it.",
    concern="sri",
    faults={
        "attribute-differs": "an integrity attribute is not the manifest's: page and manifest are of different builds",
        "attribute-absent": "the page names an asset of the manifest without an integrity attribute",
        "asset-unlisted": "an asset has an integrity attribute and is not in the manifest: nobody keeps it current",
        "page-manifest-unusable": "the manifest is no JSON object with files and hashes",
    },
    remedy="generate page and manifest in one go, and deploy them together: opscheck sri generate",
)
def sri_page_manifest(page: Page, manifest: Source, *, base: str) -> Verdict:
    """Judge the attributes of a page by a manifest, whatever the files themselves are.

    Args:
        base: the address that the manifest's paths are relative to.
    """
    why = no_page(page)
    if why:
        return unclear(why, expected=_EXPECTED, observed=status_line(page.document))
    try:
        entries = read_manifest(manifest)
    except BadManifest as error:
        return unusable(error, manifest, expected=_EXPECTED)
    return _judged(page, entries, base)


def _judged(page: Page, entries: Sequence[Entry], base: str) -> Verdict:
    useless = list(problems(entries))
    if useless:
        reason = f"{len(useless)} of {len(entries)} records of the manifest cannot be compared"
        return failed(reason, expected=_EXPECTED, observed=told(useless))
    known = by_address(entries, base)
    own = [one for one in page.elements if origin_of(one.url) == page.origin]
    judged = [one for one in own if (address(one.url) in known and not one.preload) or parse(one.integrity).effective]
    wrong = [f"{one} {line}" for one in judged if (line := _defect(page, one, known))]
    counted = f"{len(judged) - len(wrong)} of {len(judged)} attributes as the manifest says"
    if wrong:
        reason = f"{len(wrong)} of {len(judged)} elements do not carry what the manifest says"
        return failed(reason, expected=_EXPECTED, observed=told(wrong))
    if not judged:
        reason = f"the page names no asset of the manifest's {len(entries)}: there is nothing to compare"
        return unclear(reason, expected=_EXPECTED, observed=f"{len(own)} elements of its own origin")
    if page.unread:
        return degraded(capped(page), expected=_EXPECTED, observed=counted)
    return passed("the page carries what the manifest says", expected=_EXPECTED, observed=counted)


def _defect(page: Page, element: PageElement, known: Mapping[tuple[str, str], Entry]) -> str:
    entry = known.get(address(element.url))
    attribute = parse(element.integrity)
    name = shown(element.address, 60)
    if entry is None:
        return f"{name} has integrity and is not in the manifest"
    if not attribute.effective:
        return f"{name} has no integrity that counts; the manifest says {shown(entry.expected, 32)}"
    if _agree(attribute, entry) or _same_bytes(page, element, attribute, entry):
        return ""
    return f"{name} has {shown(attribute.strongest[0].written, 32)}; the manifest says {shown(entry.expected, 32)}"


def _agree(attribute: Metadata, entry: Entry) -> bool:
    """One of the hashes of the attribute is one of the manifest's."""
    named = {(item.algorithm, item.base64) for item in attribute.strongest if item.base64}
    given = {(item.algorithm, item.base64) for one in entry.hashes for item in one.strongest}
    return bool(named & given)


def _same_bytes(page: Page, element: PageElement, attribute: Metadata, entry: Entry) -> bool:
    """Their algorithms differ, and what is served is right by both."""
    if attribute.algorithm in entry.algorithms:
        return False
    resource = page.index().get((element.url, element.cors))
    served = [way.digests for way in resource.deliveries if way.arrived] if resource else []
    return bool(served) and all(attribute.matches(one) and entry.matches(one) for one in served)
