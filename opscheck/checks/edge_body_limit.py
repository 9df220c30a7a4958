"""A body over the limit is refused in words, not by a reset."""

from __future__ import annotations

from typing import Final

from opscheck.checks._error_format import format_defect, promised
from opscheck.checks._words import error_text, failed, passed, status_line, unclear, unseen
from opscheck.model import HttpExchange, Kind, Unmeasured, Verdict
from opscheck.registry import check

_NOT_ABOUT_THE_SIZE: Final = frozenset({401, 403, 404, 405, 429})


@check(
    "edge-body-limit",
    promise="A body over the limit is answered by 413 in the service's own error format.",
    concern="edge",
    faults={
        "body-limit-reset": "the connection breaks off, and the client never learns why",
        "body-limit-missing": "a body over the limit is taken",
        "body-limit-crashes": "a body over the limit is answered by a 5xx",
        "body-limit-page": "the refusal is not in the format of the other errors",
    },
    remedy="refuse by the announced length before the body is read, then go on reading for a while (lingering_close)",
    sees_unmeasured=True,
)
def edge_body_limit(answer: HttpExchange | Unmeasured, *, limit: int, errors: str) -> Verdict:
    """Judge the answer to a body just over the limit."""
    expected = f"413 for more than {limit} bytes, {promised(errors)}"
    if isinstance(answer, Unmeasured):
        if answer.kind is not Kind.RESET or not answer.connected:
            return unseen(answer)
        cause = "what answers closes the connection while the body is still under way"
        return failed("a reset instead of 413", expected=expected, observed=answer.detail, likely_cause=cause)
    observed = f"{status_line(answer)}: {error_text(answer)}"
    if answer.status in _NOT_ABOUT_THE_SIZE:
        reason = f"answered {answer.status}, which is not about the size"
        return unclear(reason, expected=expected, observed=observed)
    wrong = _defect(answer, errors)
    if wrong:
        return failed(wrong, expected=expected, observed=observed)
    return passed("a body over the limit is answered by 413", expected=expected, observed=observed)


def _defect(answer: HttpExchange, errors: str) -> str:
    if answer.status >= 500:
        return f"a body over the limit crashes: {answer.status}"
    if answer.status != 413:
        return f"a body over the limit is taken: {answer.status}"
    wrong = format_defect(answer, errors=errors)
    return f"the 413 is not in the promised format: {wrong}" if wrong else ""
