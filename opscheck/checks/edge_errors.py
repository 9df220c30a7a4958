"""An address that nobody has is an error, in the format that all errors have."""

from __future__ import annotations

from typing import Final

from opscheck.checks._error_format import ANY, format_defect, promised
from opscheck.checks._words import degraded, error_text, failed, passed, shown, status_line, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_CATCH_ALL: Final = (
    "whatever is not known falls to a page that answers for every address, as single-page applications have it"
)
_NOBODY_THERE: Final = frozenset({502, 503, 504})


@check(
    "edge-errors",
    promise="An address that nobody has is answered by a 4xx in the service's own error format.",
    concern="edge",
    faults={
        "unknown-answers-200": "an address that nobody has is answered as if it were there",
        "unknown-is-a-page": "the error is a page for people where clients expect JSON",
        "unknown-crashes": "an address that nobody has is answered by a 5xx",
        "error-status-disagrees": "the error document says another status than the answer",
    },
    remedy="let unknown addresses reach the service, or answer them in its format; send a page only where pages live",
)
def edge_errors(answer: HttpExchange, *, errors: str) -> Verdict:
    """Judge the answer to an address that nobody can have; `errors` is the promised format, `problem` or `any`."""
    expected = f"404, {promised(errors)}"
    observed = f"{status_line(answer)}: {error_text(answer)}"
    if answer.status == 429:
        return unclear("the address was not looked at: too many requests", expected=expected, observed=observed)
    if answer.status < 400:
        return _answered(answer, errors, expected, observed)
    wrong = format_defect(answer, errors=errors)
    if wrong:
        reason = f"the error {answer.status} is not in the promised format: {wrong}"
        return failed(reason, expected=expected, observed=observed)
    if answer.status in _NOBODY_THERE:
        reason = f"the address was not looked at: nobody behind the edge answers ({answer.status})"
        return unclear(reason, expected=expected, observed=observed)
    if answer.status >= 500:
        reason = f"an address that nobody has crashes what answers: {answer.status}"
        return failed(reason, expected=expected, observed=observed)
    reason = f"an address that nobody has answers {answer.status}, as promised"
    return passed(reason, expected=expected, observed=observed)


def _answered(answer: HttpExchange, errors: str, expected: str, observed: str) -> Verdict:
    """As if it were there; a website may have chosen so, and yet no probe of it notices a misspelt address."""
    where = answer.header("location")
    told = f"{answer.status} and leads to {shown(where, 80)}" if where else str(answer.status)
    reason = f"an address that nobody has answers {told}"
    if errors == ANY:
        return degraded(reason, expected=expected, observed=observed, likely_cause=_CATCH_ALL)
    return failed(reason, expected=expected, observed=observed, likely_cause=_CATCH_ALL)
