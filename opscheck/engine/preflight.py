"""One preflight for each component of a host: where it fails, everything behind it has one root cause."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from opscheck.engine.control import is_loopback, why_offline
from opscheck.engine.share import Share
from opscheck.model import Component, Host, Kind, Unmeasured
from opscheck.probes.http import HttpClient
from opscheck.probes.limits import Caps

_NETWORK_KINDS = frozenset({Kind.DNS, Kind.TIMEOUT, Kind.UNREACHABLE})


@dataclass(slots=True)
class Preflight:
    """Reaches each component once per run: name, connection, certificate; the connection serves the first request.

    Attributes:
        given: root causes known before anything was sent (a host that did not come up), by host name.
    """

    client: HttpClient
    share: Share
    timeout: float
    control: str = ""
    given: Mapping[str, Unmeasured] = field(default_factory=dict)
    _seen: dict[tuple[str, str], asyncio.Future[Unmeasured | None]] = field(default_factory=dict)
    _offline: asyncio.Future[str] | None = None

    async def failure(self, host: Host, url: str) -> Unmeasured | None:
        """Why nothing at this address can be measured; None where it can, or where it is no component of the host."""
        if host.name in self.given:
            return self.given[host.name]
        component = component_of(host, url)
        if component is None:
            return None
        known = self._seen.get((host.name, component.name))
        if known is None:
            work = self.share.once(f"preflight:{host.name}:{component.name}", lambda: self._reach(host, component))
            known = self._seen[host.name, component.name] = asyncio.ensure_future(work)
        return known.result() if known.done() else await asyncio.shield(known)

    async def blamed(self, host: Host, name: str, seen: Unmeasured, remedy: str) -> Unmeasured:
        """What could not be reached, with its root cause: this machine's own network, or the component."""
        component = host.components[name]
        offline = await self._why_offline(component) if seen.kind in _NETWORK_KINDS else ""
        if offline:
            mend = "mend this machine's network, then run again"
            return replace(seen, detail=offline, cause="runner:network", remedy=mend)
        return replace(seen, cause=f"{host.name}:{name}:{seen.kind}", remedy=remedy)

    async def _reach(self, host: Host, component: Component) -> Unmeasured | None:
        self._ask_control(component)  # at the same time, so that a dead network costs one wait and not two
        caps = Caps(timeout=self.timeout, connect_timeout=self.timeout)
        seen = await self.client.warm(component.url, caps=caps, ca=host.ca)
        if not isinstance(seen, Unmeasured):
            return None
        return await self.blamed(host, component.name, seen, _remedy(seen.kind, component))

    def _ask_control(self, component: Component) -> None:
        if self._offline is None and not is_loopback(component.url):
            self._offline = asyncio.ensure_future(why_offline(self.control, min(1.0, self.timeout)))

    async def _why_offline(self, component: Component) -> str:
        self._ask_control(component)
        return await self._offline if self._offline and not is_loopback(component.url) else ""


def component_of(host: Host, url: str) -> Component | None:
    """The component of a host that an address belongs to."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return next((component for component in host.components.values() if component.origin == origin), None)


def _remedy(kind: Kind, component: Component) -> str:
    return {
        Kind.REFUSED: f"start {component.name}, or correct its url: nothing listens there",
        Kind.DNS: f"correct the name in the url of {component.name}, or its DNS record",
        Kind.TLS: f"renew or correct the certificate of {component.name}, or name its CA as `ca` in the host file",
        Kind.TIMEOUT: f"look for a firewall or a stopped machine between here and {component.name}",
        Kind.UNREACHABLE: f"look at the route (VPN, firewall) between here and {component.name}",
    }.get(kind, f"look at the log of {component.name}: it breaks connections off")
