"""What has to be seen of a container engine: itself, its containers, its volumes, its disk."""

from opscheck import Cost, observation


@observation(cost=Cost(requests=2), needs=("docker",))
async def engine(probe):
    """The engine: a ping, and what it says of itself."""
    return await probe.docker("engine")


@observation(cost=Cost(requests=10), needs=("docker",))
async def containers(host, probe):
    """Every container with its image, those that do not run included."""
    return await probe.docker("containers", project=host.settings.get("docker", {}).get("project", ""))


@observation(cost=Cost(), needs=("docker", "docker.containers"))
async def expected_containers(containers):
    """The same, on hosts that say which containers they consist of."""
    return containers


@observation(cost=Cost(), needs=("docker", "docker.state"))
async def stateful(containers):
    """The same, on hosts that say where their state lies."""
    return containers


@observation(cost=Cost(requests=2), needs=("docker",))
async def every_volume(probe):
    """Every volume, and who mounts it."""
    return await probe.docker("volumes")


@observation(cost=Cost(), needs=("docker", "docker.volumes"))
async def expected_volumes(every_volume):
    """The same, on hosts that say which volumes they rely on."""
    return every_volume


@observation(cost=Cost(), needs=("docker", "docker.protected"))
async def protected_volumes(every_volume):
    """The same, on hosts that say which volumes are protected."""
    return every_volume


@observation(cost=Cost(requests=2), needs=("docker",))
async def disk(host, probe):
    """What the engine keeps; it counts for a while where it keeps much."""
    return await probe.docker("disk", timeout=host.budget("docker_disk_seconds", 60))
