"""What has to be seen of a tunnel: its log, its own word, the way through it and past it, its token as rendered."""

from opscheck import Cost, Unmeasured, observation
from opscheck.model.tunnel import TunnelPath


@observation(cost=Cost(requests=3), needs=("docker", "tunnel.container"))
async def container_log(host, probe):
    """The end of the log of the container that the tunnel runs in."""
    project = host.settings.get("docker", {}).get("project", "")
    return await probe.docker("log", container=host.settings["tunnel"]["container"], project=project)


@observation(cost=Cost(), needs=("tunnel.log_files",))
async def file_log(host, probe):
    """The end of the log that the tunnel writes to a file."""
    return await probe.tunnel_log(host.settings["tunnel"]["log_files"])


@observation(cost=Cost(requests=1), needs=("tunnel_ready",))
async def connected(host, probe):
    """Cloudflared's own word on whether it is connected."""
    return await probe.http(host.request("tunnel_ready"))


@observation(cost=Cost(requests=1), needs=("tunnel_metrics",))
async def tunnel_metrics(host, probe):
    """Cloudflared's metrics."""
    return await probe.http(host.request("tunnel_metrics"))


@observation(cost=Cost(requests=1), needs=("tunnel_public",))
async def public(host, probe):
    """The public address, as the world reaches it."""
    return await probe.http(host.request("tunnel_public"), fresh=True)


@observation(cost=Cost(requests=1), needs=("tunnel_public", "tunnel_origin"))
async def both_ways(host, probe, public):
    """The same asked of the origin itself, whatever the edge answered; not to reach it is an answer here."""
    origin = await probe.http(host.request("tunnel_origin"), fresh=True)
    return public if isinstance(public, Unmeasured) else TunnelPath(public, origin)


@observation(cost=Cost(), needs=("tunnel.compose_files",))
async def rendered_token(host, probe):
    """What Compose makes of the token."""
    told = host.settings["tunnel"]
    return await probe.compose_token(
        told["compose_files"], told["service"], profiles=told["profiles"], env_file=told["env_file"]
    )
