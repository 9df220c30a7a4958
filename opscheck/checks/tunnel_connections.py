"""The tunnel has connections to the edge, by its own log."""

from __future__ import annotations

from opscheck.checks._cloudflared import TunnelHistory, read
from opscheck.checks._words import degraded, failed, passed, shown, unclear
from opscheck.model import Verdict
from opscheck.model.tunnel import TunnelLog
from opscheck.registry import check


@check(
    "tunnel-connections",
    promise="By its log, the tunnel has registered connections to the edge and has them still.",
    concern="tunnel",
    faults={
        "tunnel-unregistered": "since its start it has registered no connection",
        "tunnel-connections-lost": "it had connections, and has lost them all",
        "tunnel-refused": "the edge, or cloudflared itself, refuses its token or does not know the tunnel",
        "tunnel-stopped": "the container that it should run in is not there or does not run",
    },
    remedy="look at outgoing UDP and TCP to port 7844, then restart it: docker compose restart cloudflared",
)
def tunnel_connections(log: TunnelLog, *, connections: int) -> Verdict:
    """Judge the log; fewer than `connections` is DEGRADED, for the tunnel still carries requests."""
    expected = f"{connections} registered connections"
    if log.running is False:
        observed = f"{len(log.lines)} lines in the log of {shown(log.source, 80)[1:-1]}"
        reason = f"{shown(log.source, 80)[1:-1]} is not there or does not run"
        remedy = "docker compose up -d cloudflared, or correct expect.tunnel.container"
        return failed(reason, expected=expected, observed=observed, remedy=remedy)
    told = read(log.lines)
    observed = _observed(told, log)
    if not told.now and not (log.whole or told.begun or told.trouble or told.refused):
        remedy = "ask cloudflared itself: name its metrics address as urls.cloudflared"
        reason = "the log does not reach back to where connections were registered"
        return unclear(reason, expected=expected, observed=observed, remedy=remedy)
    if not told.now:
        reason, remedy = _without(told)
        return failed(reason, expected=expected, observed=observed, remedy=remedy)
    if len(told.now) < connections:
        reason = f"{len(told.now)} of {connections} connections to the edge are left"
        return degraded(reason, expected=expected, observed=observed, likely_cause=shown(told.trouble))
    return passed("the tunnel is connected to the edge", expected=expected, observed=observed)


def _without(told: TunnelHistory) -> tuple[str, str]:
    """Why there is no connection, and what to do where that is more than the check's own remedy."""
    if told.refused:
        remedy = "take the tunnel's token anew from the dashboard, and recreate the container with it"
        return f"the tunnel is refused: {shown(told.refused)}", remedy
    trouble = f": {shown(told.trouble)}" if told.trouble else ""
    if told.ever:
        return f"every connection to the edge was lost{trouble}", ""
    return f"no connection to the edge is registered{trouble}", ""


def _observed(told: TunnelHistory, log: TunnelLog) -> str:
    places = ", ".join(sorted({shown(place, 20)[1:-1] for place in told.now.values() if place}))
    where = f" to {places}" if places else ""
    return f"{len(told.now)} registered{where}, {told.ever} since its start, by {len(log.lines)} lines"
