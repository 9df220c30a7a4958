"""Browsers are told to come by TLS alone, for long enough to matter."""

from __future__ import annotations

import re
from typing import Final

from opscheck.checks._tokens import TOKEN
from opscheck.checks._words import failed, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_DAY: Final = 86_400
_QUOTED: Final = re.compile(r'"(?:[^"\\\x00-\x1f]|\\[\x20-\x7e])*"')
_PART: Final = re.compile(r'\s*(?:([^\s=;"]+)(?:\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;"]*))?)?\s*(?:;|$)')
_DIGITS: Final = re.compile(r"[0-9]{1,12}")


@check(
    "edge-hsts",
    promise="Answers over TLS carry one Strict-Transport-Security that holds long enough.",
    concern="edge",
    faults={
        "hsts-missing": "the header is not there: the next visit may begin in the clear",
        "hsts-short": "max-age is below its budget, or 0, which takes it back",
        "hsts-unreadable": "browsers drop the header: max-age is missing or no number, or a directive comes twice",
        "hsts-twice": "two headers: browsers heed the first and ignore the other",
    },
    remedy="send Strict-Transport-Security: max-age=31536000 at the edge, on every answer over TLS, and there alone",
)
def edge_hsts(answer: HttpExchange, *, days: float) -> Verdict:
    """Judge the header of one answer over TLS, as RFC 6797 has browsers read it."""
    expected = f"one Strict-Transport-Security, max-age of {days:g} days at least"
    values = answer.header_values("strict-transport-security")
    told = " and ".join(shown(value, 80) for value in values[:2]) or "none"
    observed = f"{status_line(answer)}, Strict-Transport-Security: {told}"
    if not values:
        return failed("Strict-Transport-Security is missing", expected=expected, observed=observed)
    if len(values) > 1:
        cause = "both the service and what stands before it send it"
        reason = f"{len(values)} Strict-Transport-Security headers; browsers heed the first alone"
        return failed(reason, expected=expected, observed=observed, likely_cause=cause)
    read = directives(values[0])
    seconds = (read or {}).get("max-age", "")
    if read is None or not _DIGITS.fullmatch(seconds):
        why = (
            "it is no list of directives, each of them once" if read is None else "its max-age is missing or no number"
        )
        return failed(f"browsers drop Strict-Transport-Security: {why}", expected=expected, observed=observed)
    held = int(seconds) / _DAY
    if held < days:
        reason = f"it holds for {held:.3g} days" if held else "max-age is 0, which takes it back"
        return failed(reason, expected=expected, observed=observed)
    return passed(f"browsers keep to TLS for {held:.0f} days", expected=expected, observed=observed)


def directives(value: str) -> dict[str, str] | None:
    """Name to value, names in lower case, values without their quotes; None where browsers drop the whole header.

    >>> directives('Max-Age="31536000" ; includeSubDomains;')
    {'max-age': '31536000', 'includesubdomains': ''}
    >>> directives("max-age=1; max-age=2") is None
    True
    """
    found: dict[str, str] = {}
    place = 0
    while place < len(value):
        part = _PART.match(value, place)
        if part is None:
            return None
        place = max(part.end(), place + 1)
        name, given = part.group(1), part.group(2) or ""
        if name is None:
            continue
        if not TOKEN.fullmatch(name) or name.lower() in found:
            return None
        if given.startswith('"'):
            if not _QUOTED.fullmatch(given):
                return None
            given = re.sub(r"\\(.)", r"\1", given[1:-1])
        elif given and not TOKEN.fullmatch(given):
            return None
        found[name.lower()] = given
    return found
