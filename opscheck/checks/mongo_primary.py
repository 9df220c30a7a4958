"""The Mongo server that the system talks to can be written to."""

from __future__ import annotations

from typing import Final

from opscheck.checks._stores import not_told
from opscheck.checks._words import failed, passed, shown
from opscheck.model import Verdict
from opscheck.model.store import StoreSession
from opscheck.registry import check

_EXPECTED: Final = "the writable primary, whose writes are acknowledged"


@check(
    "mongo-primary",
    promise="The Mongo server is the writable primary, and a write is acknowledged before it counts as done.",
    concern="infra",
    faults={
        "mongo-not-primary": "the address leads to a secondary or a read-only server",
        "mongo-unacknowledged": "the default write concern is w: 0: nothing tells whether a write was kept",
    },
    remedy="rs.status() names the primary; db.adminCommand({getDefaultRWConcern: 1}) the write concern",
)
def mongo_primary(store: StoreSession) -> Verdict:
    """Judge what the server said of itself."""
    hello = store.facts("hello")
    if not hello:
        return not_told(store, "the server did not say what it is", expected=_EXPECTED)
    observed = ", ".join(f"{key} {shown(value, 40)}" for key, value in sorted(hello.items()))
    if hello.get("isWritablePrimary") is not True or hello.get("readOnly") is True:
        what = "a secondary" if hello.get("secondary") else "read-only" if hello.get("readOnly") else "no primary"
        primary = f"; the primary is {shown(hello['primary'], 60)}" if hello.get("primary") else ""
        return failed(f"the server is {what}{primary}", expected=_EXPECTED, observed=observed)
    concern = store.facts("write_concern").get("w")
    if concern == 0:
        return failed("writes are not acknowledged: w is 0", expected=_EXPECTED, observed=f"{observed}, w 0")
    return passed("the writable primary", expected=_EXPECTED, observed=observed)
