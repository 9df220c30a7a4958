"""An asset is the same in every encoding."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from opscheck.checks._manifest import told
from opscheck.checks._page_load import BROKEN, capped, no_page
from opscheck.checks._words import degraded, failed, passed, shown, status_line, unclear
from opscheck.model import Unmeasured, Verdict
from opscheck.model.page import Delivery, Page, Resource, origin_of
from opscheck.registry import check

_EXPECTED: Final = "the same bytes once the content-encoding is removed, whichever was asked for"


@check(
    "sri-encodings",
    promise="Each asset of the page's own origin is the same plain, as gzip and as br.",
    concern="sri",
    faults={
        "encoding-differs": "an asset decodes to other bytes in one encoding than in another: one of them is stale",
        "encoding-broken": "an asset cannot be decoded in an encoding in which it is served",
        "encoding-refused": "an asset is served in one encoding and answered with an error in another",
    },
    remedy="compress again whatever is deployed compressed beside its original; purge the caches in between",
)
def sri_encodings(page: Page) -> Verdict:
    """Judge the own assets of a page by what came for each encoding."""
    why = no_page(page)
    if why:
        return unclear(why, expected=_EXPECTED, observed=status_line(page.document))
    own = [one for one in page.resources if origin_of(one.url) == page.origin and len(one.deliveries) > 1]
    wrong = [line for one in own for line in differences(one)]
    if wrong:
        reason = f"{len(wrong)} of {len(own)} assets are not the same in every encoding"
        return failed(reason, expected=_EXPECTED, observed=told(wrong))
    missed = [way.answer for one in own for way in one.deliveries if isinstance(way.answer, Unmeasured)]
    if missed:
        reason = f"{len(missed)} of {sum(len(one.deliveries) for one in own)} answers could not be had"
        lines = told(dict.fromkeys(f"{one.where}: {one.detail}" for one in missed))
        return unclear(reason, expected=_EXPECTED, observed=lines, remedy=_remedy(missed))
    served = [one for one in own if any(way.arrived for way in one.deliveries)]
    if own and not served:
        reason = f"none of the {len(own)} assets is served: there is nothing to compare"
        return unclear(reason, expected=_EXPECTED, observed=f"{own[0].deliveries[0].told}")
    ways = " ".join(way.encoding for way in own[0].deliveries) if own else ""
    observed = f"{len(served)} assets, each asked for as {ways}" if own else "no asset of its own"
    if capped(page):
        return degraded(capped(page), expected=_EXPECTED, observed=observed)
    reason = "every asset is the same in every encoding" if own else "the page names no asset of its own origin"
    return passed(reason, expected=_EXPECTED, observed=observed)


def differences(resource: Resource) -> Iterator[str]:
    """What is wrong with the encodings of an asset, beside each other; nothing where all fail alike."""
    arrived = [way for way in resource.deliveries if way.arrived]
    if not arrived:
        return
    first = arrived[0]
    name = shown(resource.url.partition("://")[2].partition("/")[2] or "/", 70)
    for way in resource.deliveries:
        if way.arrived:
            if way.digests["sha256"] != first.digests["sha256"]:
                yield f"{name} is {_size(first)}, {_size(way)} with other content"
                return
        elif not isinstance(way.answer, Unmeasured) or way.answer.kind in BROKEN:
            yield f"{name} {first.encoding}: {first.length} bytes; {way.encoding}: {way.told}"
            return


def _size(way: Delivery) -> str:
    return f"{way.length} bytes as {way.encoding}"


def _remedy(missed: list[Unmeasured]) -> str:
    return next((one.remedy for one in missed if one.remedy), "look at these addresses from here, then run again")
