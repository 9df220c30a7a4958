"""The container engine of a host looked at: where it is, and the root cause where it cannot be reached."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Final, TypeAlias

from opscheck.errors import SuiteError, did_you_mean
from opscheck.model import Host, Unmeasured
from opscheck.model.docker import EngineAccess
from opscheck.probes import docker_looks
from opscheck.probes.docker import ask_engine
from opscheck.probes.limits import Caps

Look: TypeAlias = Callable[..., Awaitable[Any]]
COMPONENT: Final = "docker"
LOOKS: Final[Mapping[str, Look]] = {
    "engine": docker_looks.engine,
    "containers": docker_looks.containers,
    "volumes": docker_looks.volumes,
    "disk": docker_looks.disk,
    "log": docker_looks.log,
}


async def ask_docker(host: Host, look: str, caps: Caps, count: Callable[[], None], **options: Any) -> Any | Unmeasured:  # noqa: ANN401 - each look's own
    """Look at the engine that is the component `docker` of a host; every question to it is told to `count`.

    Raises:
        SuiteError: there is no such look, or the host lists no url for its engine.
    """
    if look not in LOOKS:
        raise SuiteError(f"an engine has no {look}{did_you_mean(look, LOOKS)} (known: {', '.join(LOOKS)})")
    if COMPONENT not in host.components:
        raise SuiteError(f"host {host.name} lists no url for component {COMPONENT}")
    access = EngineAccess(host.components[COMPONENT].url, host.settings.get(COMPONENT, {}).get("cert_folder", ""))
    seen = await ask_engine(access, caps, lambda client: LOOKS[look](client, **options), count)
    if isinstance(seen, Unmeasured) and seen.cause:
        return replace(seen, cause=f"{host.name}:{COMPONENT}:{seen.cause}")
    return seen
