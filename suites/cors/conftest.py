"""Requests as browsers send them for pages of several origins, each a real request of its own."""

from opscheck import Cost, Request, observation
from opscheck.model.cross_origin import CorsPolicy, Crossing, Crossings

from . import visitors

_SHARE = 8  # one of so many parts of what a host may be asked at the same time
_UNREADABLE = b"{"  # no JSON, so that nothing is done with it
_TAKE_POST = ("cors_invalid", "agent", "chat")


def _policy(host):
    return CorsPolicy.of(host.settings.get("cors", {}))


def _cost(asking):
    def cost(host):
        return Cost(requests=len(asking(_policy(host))[0]))

    return cost


async def _in_turn(host, probe, takes):
    """A few at a time: a matrix is not the only thing that the host is asked."""
    most = max(1, host.limits.concurrency // _SHARE)
    seen = []
    for start in range(0, len(takes), most):
        seen += await probe.together(*(take() for take in takes[start : start + most]))
    return seen


def _request(host, endpoint, visitor, cookie):
    request = host.request(endpoint)
    if request.method != "GET":
        request = request.with_body(_UNREADABLE, "application/json")
    if visitor.origin:
        request = request.with_headers(origin=visitor.origin)
    return request.with_headers(cookie="opscheck=1") if cookie else request


async def _asked(host, probe, kind, asking):
    policy = _policy(host)
    wanted, left = asking(policy)

    def take(visitor, cookie):
        return lambda: probe.http(_request(host, f"cors_{kind}", visitor, cookie))

    seen = await _in_turn(host, probe, [take(*one) for one in wanted])
    taken = zip(wanted, seen, strict=True)
    crossings = tuple(Crossing(who, answer, cookie) for (who, cookie), answer in taken)
    return Crossings(kind, policy, crossings, left, host.name)


@observation(cost=Cost(requests=0), needs=("cors.allowed",))
async def policy(host):
    """Who may read, as the host file says; without it nothing can be said of allowed origins."""
    return _policy(host)


@observation(cost=Cost(requests=0), needs=("cors.allowed", "cors.exposed"))
async def exposed(host):
    """The headers that pages read."""
    return _policy(host).exposed


@observation(cost=Cost(requests=0), needs=("cors.allowed", "cors.methods"))
async def methods(host):
    """What pages send."""
    return _policy(host).methods


@observation(cost=_cost(visitors.plain), needs=("cors_ok",))
async def ok_answers(host, probe):
    """A success, asked for by everybody."""
    return await _asked(host, probe, "ok", visitors.plain)


@observation(cost=_cost(visitors.on_errors), needs=("cors_unauthorized",))
async def unauthorized_answers(host, probe):
    """An answer that asks to sign in."""
    return await _asked(host, probe, "unauthorized", visitors.on_errors)


@observation(cost=_cost(visitors.on_errors), needs=("cors_missing",))
async def missing_answers(host, probe):
    """An address where nothing is."""
    return await _asked(host, probe, "missing", visitors.on_errors)


@observation(cost=_cost(visitors.on_errors), needs=("cors_invalid",))
async def invalid_answers(host, probe):
    """A body that is no JSON."""
    return await _asked(host, probe, "invalid", visitors.on_errors)


@observation(cost=_cost(visitors.on_errors), needs=("cors_failing",))
async def failing_answers(host, probe):
    """An address that fails."""
    return await _asked(host, probe, "failing", visitors.on_errors)


def _preflight(host, visitor, method, headers):
    """What a browser sends before: without credentials, names in lower case, sorted, without spaces."""
    names = ("cors_ok", *_TAKE_POST) if method != "POST" else (*_TAKE_POST, "cors_ok")
    there = [name for name in names if host.has(name)]
    fitting = next((name for name in there if host.endpoints[name].method == method), "cors_ok")
    asked = {"origin": visitor.origin, "access_control_request_method": method}
    if headers:
        asked["access_control_request_headers"] = ",".join(headers)
    return Request("OPTIONS", host.url(fitting)).with_headers(**asked)


@observation(cost=_cost(visitors.before_sending), needs=("cors_ok",))
async def preflights(host, probe):
    """The question before a request that a page may not just send."""
    policy = _policy(host)
    wanted, left = visitors.before_sending(policy)
    headers = tuple(sorted({name.lower() for name in policy.headers})) or ("content-type",)

    def take(visitor, method):
        return lambda: probe.http(_preflight(host, visitor, method, headers))

    seen = await _in_turn(host, probe, [take(*one) for one in wanted])
    taken = zip(wanted, seen, strict=True)
    crossings = tuple(Crossing(who, answer, method=method, headers=headers) for (who, method), answer in taken)
    return Crossings("preflight", policy, crossings, left, host.name)
