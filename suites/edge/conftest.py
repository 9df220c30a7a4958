"""What has to be seen of the edge: over TLS, over plain HTTP, and at its limits."""

from urllib.parse import urlsplit
from uuid import uuid4

from opscheck import Cost, Request, observation
from opscheck.model import Kind, Samples, Unmeasured

_PATIENCE = 2.0  # seconds beyond a budget, so that late and never can be told apart
_TOKENS = 200  # that one short streamed answer may take
_REFILL = 30  # requests per second that a limit forgets; waited for before a burst and behind it, 2 seconds at most
_MORE = 20  # requests beyond twice the burst: while it is sent, a few more may pass
_PROMPT = "opscheck edge: tell in one sentence of about twenty words what a reverse proxy does."


def _times(host):
    """Requests of a burst."""
    return 2 * host.settings.get("edge", {}).get("burst", 0) + _MORE


@observation(cost=Cost(requests=1), needs=("https:edge_root",))
async def front(host, probe):
    """The front page over TLS."""
    return await probe.http(host.request("edge_root"))


@observation(cost=Cost(), needs=("https:edge_root",))
async def session(host, probe):
    """A handshake, which refuses no certificate."""
    place = urlsplit(host.url("edge_root"))
    return await probe.tls(place.hostname, place.port or 443)


@observation(cost=Cost(requests=2), needs=("edge_plain", "https:edge_root"))
async def plain(host, probe):
    """The front page and an address with path and query, in the clear; first of all whether anybody listens there."""
    url = host.url("edge_plain")
    place = urlsplit(url)
    reached = await probe.tcp(place.hostname, place.port or 80)
    if isinstance(reached, Unmeasured) and reached.kind is Kind.REFUSED:
        return (reached,)
    deep = Request("GET", f"{url.rstrip('/')}/opscheck/a%20path?asked=1&way=plain")
    return await probe.together(probe.http(host.request("edge_plain")), probe.http(deep))


@observation(cost=Cost(requests=1), needs=("edge_root",))
async def nowhere(host, probe):
    """An address below the front page that nobody has."""
    return await probe.http(Request("GET", f"{host.url('edge_root').rstrip('/')}/opscheck-{uuid4().hex[:12]}"))


@observation(cost=Cost(requests=1), needs=("edge_root",))
async def uncompressed(host, probe):
    """The front page for a client that takes no compression."""
    return await probe.http(host.request("edge_root"), accept_encoding="identity", fresh=True)


@observation(cost=Cost(requests=1), needs=("edge_root",))
async def compressed(host, probe, uncompressed):  # noqa: ARG001 - taken behind it
    """The front page for a client that takes compression."""
    return await probe.http(host.request("edge_root"), accept_encoding="gzip", fresh=True)


@observation(cost=Cost(requests=1), needs=("edge_root",))
async def uncompressed_again(host, probe, compressed):  # noqa: ARG001 - taken behind it
    """The same as the first: a page may change by itself."""
    return await probe.http(host.request("edge_root"), accept_encoding="identity", fresh=True)


@observation(cost=Cost(requests=1), needs=("edge_upload", "edge.body_bytes"))
async def upload(host, probe):
    """A body one byte over the limit, which is no JSON: where it is taken, nothing is done with it."""
    start = b'{"opscheck":"'
    body = start + b"x" * (host.settings["edge"]["body_bytes"] + 1 - len(start))
    return await probe.http(host.request("edge_upload").with_body(body, "application/json"))


@observation(cost=lambda host: Cost(requests=_times(host)), needs=("edge_root", "edge.burst"), serial=True)
async def burst(host, probe):
    """More requests at once than the limit lets through, as many at the same time as the host may be asked."""
    request, most = host.request("edge_root"), max(1, host.limits.concurrency)
    forgotten = min(2.0, host.settings["edge"]["burst"] / _REFILL)
    await probe.pause(forgotten)  # what was asked before shall not count
    taken = []
    for start in range(0, _times(host), most):
        count = min(most, _times(host) - start)
        taken += await probe.together(*(probe.http(request, fresh=True) for _ in range(count)))
    await probe.pause(forgotten)  # nor this for whoever asks next
    return Samples(tuple(taken))


@observation(cost=Cost(requests=1, tokens=_TOKENS), needs=("edge_stream",), serial=True)
async def streamed(host, probe):
    """A streamed answer through the edge, taken alone: when its pieces arrive is judged."""
    chat = host.settings.get("chat", {})
    body = {
        "model": chat.get("model", "default"),
        "messages": [{"role": "user", "content": _PROMPT}],
        "max_tokens": chat.get("max_tokens", 16),
        "stream": True,
    }
    seconds = host.budget("completion_seconds", 60) + _PATIENCE
    return await probe.stream(host.post("edge_stream", body), timeout=seconds)
