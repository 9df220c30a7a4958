"""What has to be seen of liveness and readiness."""

from uuid import uuid4

from opscheck import Cost, Request, observation

_PATIENCE = 2.0  # seconds beyond a budget, so that late and never can be told apart


@observation(cost=Cost(requests=1), needs=("liveness",))
async def alive(host, probe):
    """The agent's liveness."""
    return await probe.http(host.request("liveness"), timeout=host.budget("liveness_seconds", 1) + _PATIENCE)


@observation(cost=Cost(requests=1), needs=("edge_liveness",))
async def edge_alive(host, probe):
    """The edge's own liveness, for which it needs nobody behind it."""
    return await probe.http(host.request("edge_liveness"), timeout=host.budget("liveness_seconds", 1) + _PATIENCE)


@observation(cost=Cost(requests=1), needs=("webfetch_liveness",))
async def fetcher_alive(host, probe):
    """The page fetcher's liveness."""
    return await probe.http(host.request("webfetch_liveness"), timeout=host.budget("liveness_seconds", 1) + _PATIENCE)


@observation(cost=Cost(requests=1), needs=("readiness",))
async def ready(host, probe):
    """Readiness as it is now."""
    return await probe.http(host.request("readiness"), timeout=host.budget("ready_seconds", 2) + _PATIENCE)


@observation(cost=Cost(requests=1), needs=("readiness", "readiness_alias"))
async def ready_alias(host, probe):
    """Readiness under its other address."""
    return await probe.http(host.request("readiness_alias"), timeout=host.budget("ready_seconds", 2) + _PATIENCE)


@observation(cost=Cost(requests=1), needs=("readiness",))
async def nowhere(host, probe):
    """An address beside readiness that nobody serves."""
    return await probe.http(Request("GET", f"{host.url('readiness')}-{uuid4().hex[:12]}"))


@observation(cost=Cost(requests=1), needs=("readiness", "ollama_version"))
async def ollama_itself(host, probe):
    """Ollama, asked without the service in between."""
    return await probe.http(host.request("ollama_version"))


@observation(cost=Cost(requests=1), needs=("readiness", "llm_models"))
async def gateway_itself(host, probe):
    """The model gateway, asked without the service in between."""
    return await probe.http(host.request("llm_models"))
