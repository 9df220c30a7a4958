"""Requests as a browser sends them for a page of an origin that nobody can have allowed."""

from opscheck import Cost, Request, observation

_FOREIGN = "https://opscheck.invalid"


@observation(cost=Cost(requests=1), needs=("liveness",))
async def foreign_preflight(host, probe):
    """The question whether JSON may be posted."""
    url = host.url("agent") if host.has("agent") else host.url("liveness")
    headers = {"access_control_request_method": "POST", "access_control_request_headers": "content-type"}
    return await probe.http(Request("OPTIONS", url).with_headers(origin=_FOREIGN, **headers))


@observation(cost=Cost(requests=1), needs=("liveness",))
async def foreign_request(host, probe):
    """A read with a cookie, which needs no preflight."""
    return await probe.http(host.request("liveness").with_headers(origin=_FOREIGN, cookie="opscheck=1"))
