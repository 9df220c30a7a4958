"""What has to be seen of an old address, of its successor, and of who still asks.

Every request names opscheck in its User-Agent, so the access logs tell them apart from hits.
"""

from datetime import timedelta
from uuid import uuid4

from opscheck import Cost, Request, observation
from opscheck.model import Samples
from opscheck.model.access_log import is_below

_SAMPLES = 5
_WRITTEN = 0.2  # seconds until an answered request stands in the log
_PATIENCE = 6.0  # seconds beyond the budget of the status, so that an edge can give up before this side does


def _patient(host):
    return host.budget("status_seconds", 2) + _PATIENCE


@observation(cost=Cost(requests=1), needs=("status_legacy", "status_summary"))
async def old(host, probe):
    """The old address over HTTP/1.1."""
    return await probe.http(host.request("status_legacy"), timeout=_patient(host), http2=False)


@observation(cost=Cost(requests=1), needs=("status_legacy",))
async def old_http2(host, probe):
    """The old address over HTTP/2, or whatever is negotiated; nothing where it is spoken without TLS."""
    request = host.request("status_legacy")
    if not request.url.startswith("https:"):
        return None
    return await probe.http(request, timeout=_patient(host), http2=True)


@observation(cost=Cost(requests=1), needs=("status_summary",))
async def current(host, probe):
    """The address in its place."""
    return await probe.http(host.request("status_summary"), timeout=_patient(host))


@observation(cost=Cost(requests=1), needs=("status_legacy",))
async def nowhere(host, probe):
    """An address that nobody serves, at the same component and not below the old one."""
    component = host.components[host.endpoints["status_legacy"].component]
    return await probe.http(Request("GET", f"{component.origin}/opscheck-{uuid4().hex[:12]}"))


@observation(cost=Cost(requests=1), needs=("openapi", "legacy.path"))
async def described(host, probe):
    """The description of the API."""
    return await probe.http(host.request("openapi"))


@observation(cost=Cost(requests=_SAMPLES), needs=("status_summary", "legacy.path"))
async def sampled(host, probe):
    """The current address, several times; never the old one, whose use that would be."""
    if is_below(host.endpoints["status_summary"].path, host.settings["legacy"]["path"]):
        return Samples(())
    return await probe.sample(_SAMPLES, lambda: probe.http(host.request("status_summary"), timeout=_patient(host)))


@observation(cost=Cost(requests=1), needs=("legacy.path", "legacy.log_files"))
async def logged(host, probe):
    """The requests for the old address, by the access logs.

    A request for the current one comes first: where nobody else asks, it shows that the log is still written.
    """
    if host.has("status_summary"):
        await probe.http(host.request("status_summary"), timeout=_patient(host), fresh=True)
        await probe.pause(_WRITTEN)
    legacy = host.settings["legacy"]
    hours = legacy.get("since_hours", 24)
    since = timedelta(hours=hours) if hours else None
    silence = timedelta(hours=legacy.get("silence_hours", 1))
    fields = legacy.get("log_fields", ())
    return await probe.access_log(legacy["log_files"], legacy["path"], since, fields=fields, silence=silence)
