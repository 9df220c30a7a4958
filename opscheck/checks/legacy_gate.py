"""Once the gate is on, an old address answers nobody any more."""

from __future__ import annotations

from opscheck.checks._legacy import Malformed, Standing, standing, sunset
from opscheck.checks._words import failed, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check


@check(
    "legacy-gate",
    promise="Once the gate is on, the old address is gone, refused by policy, or leads to its successor for good.",
    concern="legacy",
    faults={
        "legacy-answers": "the gate is on and the old address still answers 2xx",
        "legacy-redirects": "the gate is on and the old address redirects for the time being, or somewhere else",
        "legacy-half-gone": "the gate is on and the old address still knows its callers: 400, 405 and the like",
    },
    remedy="answer 410 there (404 will do); then look at the counted hits for whoever still asks",
)
def legacy_gate(answer: HttpExchange, *, gate: bool, successor: str) -> Verdict:
    """Judge the answer of the old address.

    401 and 403 count as given up: whoever may not ask is not served, whatever stands behind.

    Args:
        gate: the old address has to be given up by now.
        successor: the path of the address in its place.
    """
    found = standing(answer, successor)
    place = shown(answer.header("location"), 60)
    observed = status_line(answer) + (f", Location {place}" if answer.header("location") else "")
    expected = "404, 410, 401, 403, or 301 or 308 to the successor" if gate else "anything: the gate is off"
    if found.given_up:
        return passed(f"the old address {found.value}: {answer.status}", expected=expected, observed=observed)
    if found is Standing.UNCLEAR:
        reason = f"the old address {found.value}: it answers {answer.status}"
        remedy = "look at what stands before the address; ask again once it has calmed down"
        return unclear(reason, expected=expected, observed=observed, remedy=remedy)
    if not gate:
        reason = f"the gate is off; the old address {found.value}{_until(answer)}"
        return passed(reason, expected=expected, observed=observed)
    reason = f"the gate is on and the old address {found.value}: {answer.status}"
    return failed(reason, expected=expected, observed=observed, likely_cause=_cause(answer, found))


def _cause(answer: HttpExchange, found: Standing) -> str:
    if found is Standing.LED:
        return "a redirect that is not for good keeps the old address in use"
    page = found is Standing.LIVES and answer.content_type == "text/html"
    return "without a location of its own an address may fall to a page that answers 200 for anything" if page else ""


def _until(answer: HttpExchange) -> str:
    try:
        end = sunset(answer)
    except Malformed:
        end = None
    return f", announced until {end:%Y-%m-%d}" if end is not None else ", and says no date of its end"
