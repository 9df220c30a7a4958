"""Two addresses of readiness tell the same."""

from __future__ import annotations

from opscheck.checks._health import statements
from opscheck.checks._json import NotJson, read_object
from opscheck.checks._words import failed, passed, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check


@check(
    "readiness-alias",
    promise="Readiness tells the same under both of its addresses.",
    concern="readiness",
    faults={"alias-disagrees": "code or status differ between the two addresses"},
    remedy="serve both addresses by one handler; look for an edge that caches or rewrites one of them",
)
def readiness_alias(ready: HttpExchange, alias: HttpExchange) -> Verdict:
    """Judge the two answers beside each other."""
    expected = "the same code and the same status words"
    if ready.status != alias.status:
        observed = f"{status_line(ready)}; alias {status_line(alias)}"
        reason = f"readiness answers {ready.status}, its alias {alias.status}"
        return failed(reason, expected=expected, observed=observed)
    try:
        first, second = _words(ready), _words(alias)
    except NotJson as error:
        observed = f"{status_line(ready)}; alias {status_line(alias)}"
        return failed(f"the two cannot be compared: {error}", expected=expected, observed=observed)
    observed = f"{ready.status}, {first or 'no status word'}; alias {second or 'no status word'}"
    if first != second:
        return failed("the two addresses say different things", expected=expected, observed=observed)
    return passed("both addresses tell the same", expected=expected, observed=observed)


def _words(answer: HttpExchange) -> str:
    said = sorted(statements(read_object(answer.body)), key=lambda one: one.field)
    return ", ".join(f"{one.field} {one.value.casefold()}" for one in said)
