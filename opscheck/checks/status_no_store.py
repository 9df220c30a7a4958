"""Nobody keeps a status summary: what is read is what is so now."""

from __future__ import annotations

import re
from typing import Final

from opscheck.checks._status import no_summary
from opscheck.checks._words import failed, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_EXPECTED: Final = "Cache-Control: no-store, no Age, one Content-Type"
_QUOTED: Final = re.compile(r'"[^"]*"')


@check(
    "status-no-store",
    promise="The summary forbids caches to keep it, for browsers of other origins too, and comes from none.",
    concern="status",
    faults={
        "no-store-missing": "there is no Cache-Control at all",
        "no-store-lost": "a request with an Origin gets no Cache-Control",
        "summary-cacheable": "Cache-Control lets caches keep the summary",
        "summary-from-cache": "Age says that the answer has lain in a cache",
        "summary-two-types": "the answer has two Content-Types, so it was put together by two servers",
    },
    remedy="send Cache-Control: no-store with every answer of this address, and keep caches and CDNs off it",
)
def status_no_store(answer: HttpExchange) -> Verdict:
    """Judge the headers of one answer."""
    if answer.status != 200:
        return no_summary(answer, f"the address answers {answer.status}", expected=_EXPECTED)
    control = answer.header("cache-control")
    age = (answer.header("age") or "").strip()
    types = answer.header_values("content-type")
    observed = f"{status_line(answer)}, Cache-Control: {shown(control, 80) if control else 'none'}"
    if len(types) > 1:
        both = " and ".join(shown(one, 40) for one in types[:2])
        cause = "an edge answers in the backend's place and adds its own Content-Type to one that is there"
        return failed(f"two Content-Types: {both}", expected=_EXPECTED, observed=observed, likely_cause=cause)
    if not control:
        return _missing(answer, observed)
    if "no-store" not in _directives(control):
        reason = f"caches may keep the summary: Cache-Control is {shown(control, 80)}"
        return failed(reason, expected=_EXPECTED, observed=observed)
    if age.strip("0"):  # a cache in front that keeps nothing may still say Age: 0
        return failed(f"the answer has lain in a cache: Age {shown(age, 20)}", expected=_EXPECTED, observed=observed)
    return passed("no cache keeps the summary", expected=_EXPECTED, observed=observed)


def _missing(answer: HttpExchange, observed: str) -> Verdict:
    origin = next((value for name, value in answer.request.headers if name.lower() == "origin"), None)
    if origin is None:
        return failed("Cache-Control is missing", expected=_EXPECTED, observed=observed)
    reason = f"Cache-Control is missing for a request with Origin {shown(origin, 80)}"
    cause = "headers that an edge adds for an Origin take the place of all others (add_header inside if)"
    return failed(reason, expected=_EXPECTED, observed=observed, likely_cause=cause)


def _directives(control: str) -> set[str]:
    """The names of the directives, in lower case; what stands in quotes is a value."""
    return {part.partition("=")[0].strip().casefold() for part in _QUOTED.sub("", control).split(",")}
