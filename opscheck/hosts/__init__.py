"""Bring hosts up: an embedded service and containers are started, live hosts are there already."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from opscheck.model import Host, HostKind, Unmeasured

End = Callable[[bool], str]
Say = Callable[[str], None]


@dataclass(slots=True)
class BroughtUp:
    """Hosts with their real addresses, root causes of those that did not come up, and how to end what was started."""

    hosts: dict[str, Host] = field(default_factory=dict)
    failed: dict[str, Unmeasured] = field(default_factory=dict)
    ends: list[End] = field(default_factory=list)

    def down(self, *, failed: bool = False) -> list[str]:
        """End everything that was started, last first; `failed` tests are worth logs. Gives lines for the user."""
        told = [end(failed) for end in reversed(self.ends)]
        self.ends.clear()
        return [line for line in told if line]


def bring_up(
    hosts: Iterable[Host], shared: Path | None = None, *, keep: bool = False, say: Say = lambda _: None
) -> BroughtUp:
    """Start what has to be started.

    Args:
        shared: the folder in which the workers of a distributed run meet; they share what one of them starts.
        keep: containers are left running, and those that run are used.
        say: told what is being done while that takes its time.
    """
    up = BroughtUp()
    for host in hosts:
        started = _start(host, shared, keep=keep, say=say)
        if isinstance(started, Unmeasured):
            up.hosts[host.name] = host
            up.failed[host.name] = started
        elif started is None:
            up.hosts[host.name] = host
        else:
            up.hosts[host.name], end = started
            up.ends.append(end)
    return up


def end_shared(place: Path, *, failed: bool = False) -> list[str]:
    """Controller of a distributed run: end what its workers shared; gives lines for the user."""
    from opscheck.hosts.containers import end_containers  # noqa: PLC0415 - only a distributed run starts what is shared
    from opscheck.hosts.embedded import end_shared_service  # noqa: PLC0415 - only a distributed run starts one

    end_shared_service(place)
    told = end_containers(place, failed=failed)
    return [told] if told else []


def _start(host: Host, shared: Path | None, *, keep: bool, say: Say) -> tuple[Host, End] | Unmeasured | None:
    if host.kind is HostKind.EMBEDDED:
        from opscheck.hosts import embedded  # noqa: PLC0415 - a run on live hosts imports no service

        return embedded.start(host, shared)
    if host.kind is HostKind.CONTAINERS:
        from opscheck.hosts import containers  # noqa: PLC0415 - a run on live hosts starts nothing

        return containers.start(host, shared, keep=keep, say=say)
    return None
