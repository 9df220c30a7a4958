"""The tunnel says of itself that it is connected, by its own metrics server."""

from __future__ import annotations

from typing import Final

from opscheck.checks._json import NotJson, read_json
from opscheck.checks._metrics import NotMetrics, named, read_metrics
from opscheck.checks._words import degraded, failed, passed, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check

_GAUGE: Final = "cloudflared_tunnel_ha_connections"


@check(
    "tunnel-ready",
    promise="cloudflared says that it is ready, and counts connections to the edge.",
    concern="tunnel",
    faults={
        "tunnel-not-ready": "it says that it has no connection to the edge",
        "tunnel-no-connections": "its count of connections is zero",
        "tunnel-metrics-foreign": "what answers at its metrics address is something else",
    },
    remedy="its log tells why: look at outgoing UDP and TCP to port 7844, and at its token",
)
def tunnel_ready(ready: HttpExchange, metrics: HttpExchange, *, connections: int) -> Verdict:
    """Judge /ready beside the gauge; the gauge counts attempts as well, so where the two differ /ready is right."""
    expected = f"200 with {connections} connections, and {_GAUGE} above zero"
    told = f"ready {status_line(ready)}; metrics {status_line(metrics)}"
    try:
        gauge = _gauge(metrics)
    except NotMetrics as error:
        remedy = "correct urls.cloudflared: start cloudflared with --metrics HOST:PORT and name that"
        reason = f"these are not cloudflared's metrics: {error}"
        return failed(reason, expected=expected, observed=told, remedy=remedy)
    counted = _ready_connections(ready)
    observed = f"ready {ready.status} with {'?' if counted is None else counted} connections, {_GAUGE} {gauge:g}"
    if ready.status == 503 or counted == 0:
        return failed("the tunnel says that it is not ready", expected=expected, observed=observed)
    if gauge <= 0:
        return failed("the tunnel counts no connection to the edge", expected=expected, observed=observed)
    have = counted if counted is not None else int(gauge)  # versions before 2020.10 have no /ready
    if have < connections:
        reason = f"{have} of {connections} connections to the edge"
        return degraded(reason, expected=expected, observed=observed)
    return passed("the tunnel is connected", expected=expected, observed=observed)


def _gauge(metrics: HttpExchange) -> float:
    """The value of the gauge. Raises NotMetrics where it is not there."""
    found = [one.value for one in named(read_metrics(metrics), _GAUGE)]
    if not found:
        raise NotMetrics(f"there is no {_GAUGE}")
    return max(found)


def _ready_connections(ready: HttpExchange) -> int | None:
    try:
        said = read_json(ready.body)
    except NotJson:
        return None
    count = said.get("readyConnections") if isinstance(said, dict) else None
    return count if isinstance(count, int) and not isinstance(count, bool) else None
