"""X-Status-Path tells by which address the summary was asked."""

from __future__ import annotations

from typing import Final

from opscheck.checks._status import no_summary
from opscheck.checks._words import failed, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_HEADER: Final = "x-status-path"
_GONE: Final = (301, 307, 308, 404, 410)


@check(
    "status-served-path",
    promise="X-Status-Path counts who still uses the old address: api on the current one, legacy on the old one.",
    concern="status",
    faults={
        "served-path-missing": "the header is missing, so nobody can count the callers of the old address",
        "served-path-wrong": "the header names the other address, another word, or two",
        "served-path-lost": "a request with an Origin gets no such header, so browsers are not counted",
    },
    remedy="set the header in one place for every answer of the address, also where headers for an Origin are added",
)
def status_served_path(answer: HttpExchange, *, served: str) -> Verdict:
    """Judge one answer of an address; `served` is what its header has to say."""
    expected = f"X-Status-Path: {served}"
    values = answer.header_values(_HEADER)
    observed = f"{status_line(answer)}, X-Status-Path: {shown(', '.join(values), 60)[1:-1] or 'none'}"
    if served == "legacy" and answer.status in _GONE:
        return passed(f"the old address is gone: {answer.status}", expected=expected, observed=observed)
    if answer.status != 200:
        return no_summary(answer, f"the address answers {answer.status}", expected=expected)
    origin = next((value for name, value in answer.request.headers if name.lower() == "origin"), None)
    if not values:
        if origin is None:
            return failed("X-Status-Path is missing", expected=expected, observed=observed)
        return failed(
            f"X-Status-Path is missing for a request with Origin {shown(origin, 80)}",
            expected=expected,
            observed=observed,
            likely_cause="headers that an edge adds for an Origin take the place of all others (add_header inside if)",
        )
    if [value.strip() for value in values] != [served]:
        reason = f"X-Status-Path says {shown(', '.join(values), 60)}, not {served}"
        return failed(reason, expected=expected, observed=observed)
    return passed(f"X-Status-Path says {served}", expected=expected, observed=observed)
