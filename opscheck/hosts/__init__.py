"""Bring hosts up: the embedded service is started, live hosts are there already."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from opscheck.model import Host, HostKind, Unmeasured


@dataclass(slots=True)
class BroughtUp:
    """Hosts with their real addresses, root causes of those that did not come up, and how to end what was started."""

    hosts: dict[str, Host] = field(default_factory=dict)
    failed: dict[str, Unmeasured] = field(default_factory=dict)
    ends: list[Callable[[], None]] = field(default_factory=list)

    def down(self) -> None:
        """End everything that was started, last first."""
        for end in reversed(self.ends):
            end()
        self.ends.clear()


def bring_up(hosts: Iterable[Host], shared: Path | None = None) -> BroughtUp:
    """Start what has to be started.

    Args:
        shared: the folder in which the workers of a distributed run meet; they share one embedded service.
    """
    up = BroughtUp()
    for host in hosts:
        if host.kind is not HostKind.EMBEDDED:
            up.hosts[host.name] = host
            continue
        from opscheck.hosts.embedded import start  # noqa: PLC0415 - a run on live hosts imports no service

        started = start(host, shared)
        if isinstance(started, Unmeasured):
            up.hosts[host.name] = host
            up.failed[host.name] = started
        else:
            up.hosts[host.name], end = started
            up.ends.append(end)
    return up
