"""The DNS probe: what the system's resolver says about a name."""

from __future__ import annotations

import asyncio
from time import perf_counter

from opscheck.model import DnsAnswer, Kind, Unmeasured
from opscheck.probes.failure import Failure, unforeseen
from opscheck.probes.limits import Caps
from opscheck.probes.names import Names, Resolve, system_resolve
from opscheck.probes.trace import Trace


async def dns(name: str, *, caps: Caps, resolve: Resolve = system_resolve) -> DnsAnswer | Unmeasured:
    """The addresses of a name; an address is its own answer."""
    trace = Trace(name)
    try:
        found = await _look_up(name, Names(resolve), trace, caps.timeout)
    except Failure as failure:
        return Unmeasured(failure.kind, failure.detail, name, trace.at, trace.phases())
    return DnsAnswer(name, tuple(found), trace.phases(), trace.at)


async def _look_up(name: str, names: Names, trace: Trace, seconds: float) -> list[str]:
    try:
        async with asyncio.timeout(seconds):
            found = names.known(name)
            if found is None:
                begun = perf_counter()
                found = await names.addresses(name)
                trace.dns = perf_counter() - begun
    except TimeoutError:
        raise trace.timed_out(seconds) from None
    except Failure:
        raise
    except Exception as error:  # noqa: BLE001 - a probe never raises into a run
        raise unforeseen(error) from None
    if not found:
        raise Failure(Kind.DNS, f"no address for the name {name}")
    return found
