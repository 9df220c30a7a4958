"""Postgres can be relied on: it takes writes and has connections left."""

from __future__ import annotations

from typing import Final

from opscheck.checks._stores import not_told
from opscheck.checks._words import degraded, failed, passed, shown
from opscheck.model import Verdict
from opscheck.model.store import StoreSession
from opscheck.registry import check

_EXPECTED: Final = "a server that takes writes and has connections left"
_NEARLY: Final = 0.9  # of the connections


@check(
    "postgres-health",
    promise="Postgres takes writes and has connections left.",
    concern="infra",
    faults={
        "postgres-read-only": "the address leads to a standby, or to a database that refuses writes",
        "postgres-cannot-write": "a write fails: no space, no right",
    },
    remedy="look at the server's log; select pg_is_in_recovery(), show default_transaction_read_only",
)
def postgres_health(store: StoreSession) -> Verdict:
    """Judge what the server says of itself, and a temporary table that was rolled back."""
    state = store.facts("state")
    if not state:
        return not_told(store, "Postgres did not say how it is", expected=_EXPECTED)
    observed = ", ".join(f"{key} {shown(value, 40)}" for key, value in state.items())
    if state.get("recovering") or state.get("read_only"):
        what = "a standby in recovery" if state.get("recovering") else "read-only by its settings"
        return failed(f"the server is {what}", expected=_EXPECTED, observed=observed)
    write = store.step("write")
    if write is not None and not write.ok:
        reason = f"a write fails with code {write.code}"
        return failed(reason, expected=_EXPECTED, observed=f"{shown(write.detail)}; {observed}")
    used, most = state.get("connections", 0), state.get("max_connections", 0)
    if most and used / most >= _NEARLY:
        return degraded(f"{used} of {most} connections are taken", expected=_EXPECTED, observed=observed)
    return passed("takes writes, has connections left", expected=_EXPECTED, observed=observed)
