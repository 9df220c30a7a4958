"""The public address is answered by the edge in front of the tunnel, for whoever asks."""

from __future__ import annotations

from opscheck.checks._words import failed, passed, shown, status_line
from opscheck.model import HttpExchange, Verdict
from opscheck.registry import check


@check(
    "tunnel-edge",
    promise="Requests to the public address pass the edge, which marks its answers and stops nobody with a challenge.",
    concern="tunnel",
    faults={
        "edge-bypassed": "the answer lacks the edge's header: the name leads past the edge",
        "edge-challenges": "the edge answers with a challenge for browsers, which no client of an API can meet",
    },
    remedy="look at the DNS record: it has to be a proxied CNAME to TUNNEL_ID.cfargotunnel.com",
)
def tunnel_edge(public: HttpExchange, *, header: str) -> Verdict:
    """Judge the headers of the public address; `header` is the one by which the edge marks its answers."""
    expected = f"an answer with the header {header}, and no challenge"
    mark, server = public.header(header), public.header("server")
    marked = shown(mark, 60) if mark else "absent"
    observed = f"{status_line(public)}, {header} {marked}, server {shown(server or '', 40)}"
    if not mark:
        reason = f"the answer did not pass the edge: it has no {header}"
        return failed(reason, expected=expected, observed=observed)
    if (public.header("cf-mitigated") or "").strip().lower() == "challenge":
        reason = f"the edge answers {public.status} with a challenge for browsers"
        remedy = "let this path pass in the edge's security rules (WAF, bot fight mode)"
        return failed(reason, expected=expected, observed=observed, remedy=remedy)
    return passed("the answer passed the edge", expected=expected, observed=observed)
