"""The fetcher reaches no private address."""

from __future__ import annotations

import re
from typing import Final

from opscheck.checks._words import error_text, failed, passed, status_line, unclear
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "refused by policy with a 4xx, before any connection is made"
_UNASKED: Final = frozenset({401, 404, 405, 408, 429})
_TRIED: Final = re.compile(
    r"connection (?:was )?refused|ECONNREFUSED|connect(?:ion)? (?:error|failed|timed out)|connection attempts failed|"
    r"max retries|errno 111|failed to establish",
    re.IGNORECASE,
)


@check(
    "fetch-private",
    promise="The fetcher refuses a private address by policy, without trying it.",
    concern="smoke",
    faults={"fetch-reaches-private": "the fetcher connects to addresses inside the network it runs in"},
    remedy="refuse addresses that are not public after resolving, for every redirect, and connect to what was checked",
)
def fetch_private(answer: HttpExchange) -> Verdict:
    """Judge the fetcher's answer for an address that is not public."""
    observed = f"{status_line(answer)}: {error_text(answer)}"
    if answer.status in _UNASKED:
        reason = f"the fetcher did not look at the address: {answer.status}"
        return unclear(reason, expected=_EXPECTED, observed=observed)
    tried = answer.status >= 500 or _TRIED.search(answer.text()) is not None
    if answer.status < 400:
        return failed(
            f"the fetcher answers {answer.status} for a private address", expected=_EXPECTED, observed=observed
        )
    if tried:
        return failed("the fetcher tried to reach a private address", expected=_EXPECTED, observed=observed)
    return passed("the private address is refused by policy", expected=_EXPECTED, observed=observed)
