"""The status summary is the same under its current and its old address."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from opscheck.checks._json import NotJson, is_number, kind_of, read_object
from opscheck.checks._status import NoSummary, no_summary, read_summary
from opscheck.checks._timing import instant
from opscheck.checks._words import failed, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "the same body under both addresses, or an old address that is gone"
_GONE: Final = (301, 307, 308, 404, 410)
_NOT_OURS: Final = (401, 403, 405, 429)  # somebody stands before the address: the body was not seen
# What the last caller left behind, and a sentence for people: both may change between the two requests.
_MOVING: Final = frozenset({"last_served_by", "last_error", "last_status", "tooltip"})


@check(
    "status-alias",
    promise="Whoever still asks the old address learns what the current one tells, or that the old one is gone.",
    concern="status",
    faults={
        "summary-alias-differs": "the two addresses tell different things",
        "summary-alias-broken": "the old address answers an error or something else than a summary",
    },
    remedy="serve both addresses by one handler; look for an edge that caches or rewrites one of them",
)
def status_alias(answer: HttpExchange, legacy: HttpExchange) -> Verdict:
    """Judge the two bodies beside each other.

    Not compared are instants and other numbers, which move from one request to the next, and what the last chat left.
    """
    try:
        current = read_summary(answer).document
    except NoSummary as error:
        return no_summary(answer, error, expected=_EXPECTED)
    observed = f"{status_line(answer)}; old address {status_line(legacy)}"
    if legacy.status in _GONE:
        return passed(f"the old address is gone: {legacy.status}", expected=_EXPECTED, observed=observed)
    if legacy.status in _NOT_OURS:
        reason = f"the old address lets nobody look: {legacy.status}"
        return unclear(reason, expected=_EXPECTED, observed=observed, remedy="ask with what the edge wants to see")
    broken = _broken(legacy)
    if broken:
        cause = "an edge without this location answers with a page for every address" if legacy.status == 200 else ""
        return failed(broken, expected=_EXPECTED, observed=observed, likely_cause=cause)
    found = list(_differences(current, read_object(legacy.body), ""))
    if found:
        more = f", and {len(found) - 3} more" if len(found) > 3 else ""
        reason = f"the two addresses differ: {', '.join(found[:3])}{more}"
        return failed(reason, expected=_EXPECTED, observed=observed)
    return passed("both addresses tell the same", expected=_EXPECTED, observed=observed)


def _broken(legacy: HttpExchange) -> str:
    if legacy.status != 200:
        return f"the old address answers {legacy.status}"
    try:
        read_object(legacy.body)
    except NotJson as error:
        return f"the old address answers no summary: {error}"
    return ""


def _differences(one: dict[str, Any], other: dict[str, Any], above: str) -> Iterator[str]:
    for name in sorted({*one, *other}):
        where = shown(above + name, 60)[1:-1]
        if name not in one or name not in other:
            yield f"{where} is told by the {'old' if name in other else 'current'} address only"
        elif name not in _MOVING:
            yield from _difference(one[name], other[name], where)


def _difference(one: object, other: object, where: str) -> Iterator[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        yield from _differences(one, other, f"{where}.")
    elif kind_of(one) != kind_of(other) or not (_moves(one, other) or one == other):
        yield f"{where} is {shown(one, 40)} and {shown(other, 40)}"


def _moves(one: object, other: object) -> bool:
    both_numbers = is_number(one) and is_number(other)
    return both_numbers or (instant(one) is not None and instant(other) is not None)
