"""A page's integrity policy can be used, covers what was promised, and lets the page itself through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from opscheck.checks._integrity_policy import DESTINATIONS, ENFORCED, REPORTED, BadPolicy, Policy, read_policy
from opscheck.checks._manifest import told
from opscheck.checks._page_load import capped, loadings, no_page
from opscheck.checks._words import degraded, failed, passed, shown, status_line, unclear
from opscheck.model import Verdict
from opscheck.model.page import Page
from opscheck.registry import check

_HEADERS: Final = {ENFORCED: "Integrity-Policy", REPORTED: "Integrity-Policy-Report-Only"}
_EXPECTED: Final = "a policy such as blocked-destinations=(script style), or none where none is promised"


@check(
    "sri-policy",
    promise="The page's Integrity-Policy can be read, covers scripts and styles where that is promised, and blocks"
    " nothing that the page needs.",
    concern="sri",
    faults={
        "policy-missing": "a policy is promised and none is sent, or only one that reports",
        "policy-incomplete": "a policy is promised for scripts and styles and leaves one of them out",
        "policy-unreadable": "the header is no structured dictionary of lists: browsers ignore it",
        "policy-empty": "the policy blocks nothing: it names no destinations, such as endpoints alone",
        "policy-blocks-page": "an element of the page has no integrity, or no crossorigin: its own policy blocks it",
    },
    remedy="send Integrity-Policy: blocked-destinations=(script style); each element needs integrity and crossorigin",
)
def sri_policy(page: Page, *, promised: bool) -> Verdict:
    """Judge the headers of a page, and its elements by them.

    Args:
        promised: scripts and styles of this page are to be covered.
    """
    why = no_page(page)
    if why:
        return unclear(why, expected=_EXPECTED, observed=status_line(page.document))
    observed = "; ".join(_told(page, name) for name in _HEADERS)
    try:
        policies = {name: read_policy(page.document, name) for name in _HEADERS}
    except BadPolicy as error:
        return failed(f"a header {error}", expected=_EXPECTED, observed=observed)
    wrong = next(_defects(policies, promised=promised), "")
    if wrong:
        return failed(wrong, expected=_EXPECTED, observed=observed)
    return _kept(page, policies, observed)


def _kept(page: Page, policies: Mapping[str, Policy | None], observed: str) -> Verdict:
    """The verdict on the page itself, by policies that can be used."""
    enforced, reported = policies[ENFORCED], policies[REPORTED]
    blocked = [str(one) for one in loadings(page) if enforced and enforced.blocks(one)]
    if blocked:
        reason = f"the page's own policy blocks {len(blocked)} of its elements"
        return failed(reason, expected=_EXPECTED, observed=f"{told(blocked)} ({observed})")
    would = [str(one) for one in loadings(page) if reported and reported.blocks(one)]
    if would:
        reason = f"the policy that only reports would block {len(would)} elements of the page"
        return degraded(reason, expected=_EXPECTED, observed=f"{told(would)} ({observed})")
    if (enforced or reported) and capped(page):
        return degraded(capped(page), expected=_EXPECTED, observed=observed)
    reason = (
        "the policy can be read, and the page keeps to it"
        if enforced or reported
        else "no policy is promised, none sent"
    )
    return passed(reason, expected=_EXPECTED, observed=observed)


def _defects(policies: Mapping[str, Policy | None], *, promised: bool) -> Iterator[str]:
    for name, policy in policies.items():
        if policy is not None and not any(policy.covers(one) for one in DESTINATIONS):
            yield f"{_HEADERS[name]} blocks nothing: it names neither script nor style as destination"
    if not promised:
        return
    enforced = policies[ENFORCED]
    if enforced is None:
        yield "a policy is promised and none is enforced"
        return
    missing = [one for one in DESTINATIONS if not enforced.covers(one)]
    if missing:
        yield f"the policy does not cover {' and '.join(missing)}, as is promised"


def _told(page: Page, name: str) -> str:
    value = page.document.header(name)
    return f"{_HEADERS[name]} {'absent' if value is None else shown(value, 100)}"
