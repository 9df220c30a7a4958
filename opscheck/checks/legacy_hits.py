"""Nobody asks for the old address any more, and the logs could tell if somebody did."""

from __future__ import annotations

from opscheck.checks._words import degraded, failed, passed, shown, unclear
from opscheck.model import Verdict
from opscheck.model.access_log import AccessLogCount, Tally, stamp
from opscheck.registry import check


@check(
    "legacy-hits",
    promise="By the access logs, which cover the time in question, nobody asks for the old address any more.",
    concern="legacy",
    faults={"legacy-hits": "the gate is on and the access logs tell of requests for the old address"},
    remedy="tell whoever runs the clients by their user agents where the successor is; opscheck legacy count lists all",
)
def legacy_hits(count: AccessLogCount, *, gate: bool) -> Verdict:
    """Judge what was counted. Without the gate hits are told, and are no failure yet.

    No hit means something only where the logs cover the time: else nothing was measured.
    """
    expected = f"no request for {count.path}" + (f" since {stamp(count.since)}" if count.since else "")
    observed = _observed(count)
    if count.hits:
        many = "1 request" if count.hits == 1 else f"{count.hits} requests"
        reason = f"{many} for {count.path}, the last one {_latest(count)}"
        say = failed if gate else degraded
        return say(reason, expected=expected, observed=observed)
    if not count.covered:
        reason = f"no hit was found, and the logs do not cover the time: {count.doubts[0]}"
        remedy = "name all the logs of the time, rotated ones as well, such as access.log*"
        return unclear(reason, expected=expected, observed=observed, remedy=remedy)
    if count.unreadable:
        reason = f"no hit was found, and {count.unreadable} of {count.lines} lines cannot be read"
        return degraded(reason, expected=expected, observed=observed, remedy="look at these lines: they may be hits")
    own = f" ({count.own} of opscheck itself)" if count.own else ""
    return passed(f"no request for {count.path} in {count.lines} lines{own}", expected=expected, observed=observed)


def _latest(count: AccessLogCount) -> str:
    if count.latest is None:
        return "at an unknown time"
    return f"{stamp(count.latest.at)} by {shown(count.latest.agent or 'no user agent', 60)}"


def _observed(count: AccessLogCount) -> str:
    tallies = {"paths": count.by_path, "days": count.by_day, "agents": count.by_agent, "answers": count.by_status}
    told = [f"{name} {_most(tally)}" for name, tally in tallies.items() if tally.rows]
    span = f" from {stamp(count.first)} to {stamp(count.last)}" if count.first is not None else ""
    return "; ".join([*told, f"{count.lines} lines{span}"])


def _most(tally: Tally) -> str:
    rows = sorted(tally.rows, key=lambda row: -row[1])
    more = f" and {len(rows) - 2} more" if len(rows) > 2 else ""
    return ", ".join(f"{shown(value or '-', 60)} {hits}" for value, hits in rows[:2]) + more
