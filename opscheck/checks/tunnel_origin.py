"""Where the public address fails, it is told whether the tunnel or the origin behind it is to blame."""

from __future__ import annotations

import re
from typing import Final

from opscheck.checks._words import failed, passed, status_line, unclear
from opscheck.model import HttpExchange, Unmeasured, Verdict
from opscheck.model.tunnel import TunnelPath
from opscheck.registry import check

_EXPECTED: Final = "an answer of the origin through the tunnel; else the origin itself tells which of the two is down"
_CODE: Final = re.compile(r"\berror(?: code)?:?\s*(1\d{3})\b", re.IGNORECASE)
_TUNNEL_GONE: Final = 530  # with 1033 in its body: no cloudflared is connected for this name
_GATEWAY: Final = 502
_AT_THE_DOOR: Final = (401, 403, 429)  # an access policy or a limit of the edge
_TUNNEL: Final = "look at cloudflared: docker compose logs cloudflared, then docker compose up -d --no-deps cloudflared"
_ORIGIN: Final = "bring the origin up; the tunnel needs nothing but that"


@check(
    "tunnel-origin",
    promise="The public address is answered by the origin; where it is not, the verdict names tunnel or origin.",
    concern="tunnel",
    faults={
        "tunnel-down": "the edge has no tunnel to give the request to, while the origin answers",
        "tunnel-misrouted": "the tunnel is connected and leads elsewhere: 502 or 404 outside, while the origin answers",
        "origin-down": "the origin does not answer, nor does it here",
        "origin-fails": "the origin itself answers with an error of its own",
        "tunnel-and-origin-down": "neither of the two is there",
    },
    remedy="ask the origin on its own machine, then look at the log of cloudflared",
)
def tunnel_origin(path: TunnelPath) -> Verdict:
    """Judge what the edge answers beside what the origin answers to the same question here."""
    public, origin, code = path.public, path.origin, _code(path.public)
    outside = f"edge {public.status}" + (f" (error {code})" if code else "")
    observed = f"{outside}; origin {_local(origin)}"
    here = isinstance(origin, HttpExchange) and origin.status < 500
    well = isinstance(origin, HttpExchange) and origin.status < 400
    if public.status in _AT_THE_DOOR and well:
        reason = f"the edge answers {public.status} before the tunnel is asked, and the origin answers here"
        remedy = "let the checks through the access policy, or name a path that it leaves open"
        return unclear(reason, expected=_EXPECTED, observed=observed, remedy=remedy)
    if public.status < 400 or (public.status < 500 and not well):
        return passed("the origin answers through the tunnel", expected=_EXPECTED, observed=observed)
    gone = public.status == _TUNNEL_GONE or code == "1033"
    blamed, reason, remedy = _tunnel(public.status, gone=gone) if here else _origin(public.status, origin, gone=gone)
    return failed(reason, expected=_EXPECTED, observed=observed, likely_cause=blamed, remedy=remedy)


def _tunnel(status: int, *, gone: bool) -> tuple[str, str, str]:
    """What to blame, why, and what to do, where the origin answers here."""
    if gone:
        return "the tunnel", f"the tunnel is down: the edge answers {status}, and the origin answers here", _TUNNEL
    if status < 500:
        remedy = "give cloudflared's ingress a rule for this name: what no rule takes is answered with 404"
        return "its ingress", f"the tunnel leads elsewhere: {status} through it, and the origin answers here", remedy
    if status == _GATEWAY:
        remedy = "correct the service in cloudflared's ingress: it has to be the origin's name in its own network"
        return "its ingress", "the tunnel leads elsewhere: 502 through it, and the origin answers here", remedy
    return "the tunnel", f"the tunnel breaks off: {status} through it, and the origin answers here", _TUNNEL


def _origin(status: int, origin: HttpExchange | Unmeasured, *, gone: bool) -> tuple[str, str, str]:
    """The same where the origin does not answer here, or not well."""
    if gone:
        reason = f"the tunnel is down, and so is the origin: the edge answers {status}"
        return (
            "tunnel and origin",
            reason,
            "bring up the origin, then cloudflared",
        )
    if isinstance(origin, HttpExchange):
        remedy = "see the checks of readiness: the origin is there and cannot do its work"
        return "the origin", f"the origin fails: it answers {origin.status} here as well", remedy
    return "the origin", f"the origin is down: the edge answers {status}, and here {origin.detail}", _ORIGIN


def _code(public: HttpExchange) -> str:
    """The edge's own number for what is wrong, from the start of its page."""
    found = _CODE.search(re.sub(r"<[^>]{0,300}>", " ", public.text()[:8000]))
    return found.group(1) if found else ""


def _local(origin: HttpExchange | Unmeasured) -> str:
    return status_line(origin) if isinstance(origin, HttpExchange) else f"not reached: {origin.detail}"
