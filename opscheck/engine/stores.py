"""A store of a host asked step by step: where it is, how to get in, and the root cause where it cannot be reached."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeAlias

from opscheck.errors import SuiteError, did_you_mean
from opscheck.model import Host, Kind, Unmeasured
from opscheck.model.store import StoreAccess, StoreSession
from opscheck.probes.limits import Caps
from opscheck.probes.mongo import mongo
from opscheck.probes.postgres import postgres
from opscheck.probes.redis import redis

Ask: TypeAlias = Callable[..., Awaitable[StoreSession | Unmeasured]]
Blame: TypeAlias = Callable[[Host, str, Unmeasured, str], Awaitable[Unmeasured]]
_REMEDIES: Final[Mapping[Kind, str]] = {
    Kind.REFUSED: "start {0}, or correct its url: nothing listens there",
    Kind.DNS: "correct the name in the url of {0}, or its DNS record",
    Kind.TLS: "renew or correct the certificate of {0}, or name its CA as `ca` in the host file",
    Kind.TIMEOUT: "look for a stopped or stuck {0}, or a firewall between here and there",
    Kind.UNREACHABLE: "look at the route (VPN, firewall) between here and {0}",
    Kind.PROTOCOL: "correct the url of {0}: something else answers there",
}
STORES: Final[Mapping[str, Ask]] = {"mongo": mongo, "redis": redis, "postgres": postgres}


async def ask_store(
    host: Host,
    component: str,
    caps: Caps,
    blame: Blame,
    **options: Any,  # noqa: ANN401 - each store's own
) -> StoreSession | Unmeasured:
    """Ask the store that a component is; `blame` tells whose fault it is that one cannot be reached.

    Raises:
        SuiteError: there is no probe for such a component, or the host lists no url for it.
    """
    if component not in STORES:
        raise SuiteError(f"no probe for {component}{did_you_mean(component, STORES)} (known: {', '.join(STORES)})")
    if component not in host.components:
        raise SuiteError(f"host {host.name} lists no url for component {component}")
    settings = host.settings.get(component, {})
    access = StoreAccess(
        host.components[component].url,
        settings.get("user", ""),
        host.secrets.get(f"{component}_password"),
        settings.get("auth_source", ""),
        settings.get("tls", False),
    )
    seen = await STORES[component](access, caps=caps, ca=host.ca, **options)
    if not isinstance(seen, Unmeasured) or seen.remedy:
        return seen
    remedy = _REMEDIES.get(seen.kind, f"look at the log of {component}: it breaks connections off").format(component)
    return await blame(host, component, seen, remedy)
