"""A page that cannot be had is an error, and soon."""

from __future__ import annotations

from opscheck.checks._json import NotJson
from opscheck.checks._timing import took
from opscheck.checks._words import (
    failed,
    hangs,
    own_sentence,
    passed,
    seconds_text,
    shown,
    status_line,
    unclear,
    unseen,
)
from opscheck.model import HttpExchange, Unmeasured, Verdict
from opscheck.registry import check


@check(
    "fetch-failure",
    promise="A page that cannot be had is answered by an error that says so, within its budget.",
    concern="smoke",
    faults={
        "fetch-failure-200": "the fetcher answers 200 for a page that cannot be had",
        "fetch-failure-slow": "the fetcher tries again and again before it tells",
    },
    remedy="let the fetcher answer 4xx or 5xx with a sentence, and never try again where a name has no address",
    sees_unmeasured=True,
)
def fetch_failure(  # noqa: PLR0911 - one return for each way to fail
    answer: HttpExchange | Unmeasured, *, seconds: float
) -> Verdict:
    """Judge the fetcher's answer for an address whose name cannot be resolved."""
    expected = f"an error that says so, within {seconds_text(seconds)}"
    if isinstance(answer, Unmeasured):
        if not hangs(answer, seconds):
            return unseen(answer)
        return failed("the fetcher does not tell that it failed", expected=expected, observed=answer.detail)
    observed = f"{status_line(answer)} after {seconds_text(took(answer))}"
    if answer.status in (401, 429):
        return unclear(
            f"the fetcher does not let this caller ask: {answer.status}", expected=expected, observed=observed
        )
    if answer.status < 400:
        reason = f"the fetcher answers {answer.status} for a page that cannot be had"
        return failed(reason, expected=expected, observed=f"{observed}: {shown(answer.text()[:100])}")
    if answer.status in (404, 405):
        reason = f"there is no fetcher at this address: {answer.status}"
        return failed(reason, expected=expected, observed=observed)
    try:
        sentence = own_sentence(answer)
    except NotJson as error:
        return failed(f"the error does not say what failed: {error}", expected=expected, observed=observed)
    if not sentence:
        return failed("the error does not say what failed", expected=expected, observed=observed)
    if took(answer) > seconds:
        cause = "a name without an address is tried again, with pauses"
        reason = f"the failure took {seconds_text(took(answer))} to be told"
        return failed(reason, expected=expected, observed=observed, likely_cause=cause)
    return passed(f"the failure is told: {shown(sentence)}", expected=expected, observed=observed)
