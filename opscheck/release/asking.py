"""One request to an address, from a thread that has no event loop of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from opscheck.model import HttpExchange, Request, Unmeasured
from opscheck.probes.http import HttpClient
from opscheck.probes.limits import Caps

_CAPS: Final = Caps(timeout=15.0, connect_timeout=5.0, body=32 * 1024 * 1024)


def ask(requests: Sequence[Request], agent: str, *, ca: Path | None = None) -> list[HttpExchange | Unmeasured]:
    """The answers, in the order of the requests.

    Args:
        agent: the User-Agent, by which access logs tell these requests from hits.
    """

    async def all_of_them() -> list[HttpExchange | Unmeasured]:
        client = HttpClient(caps=_CAPS, user_agent=agent)
        try:
            return list(await asyncio.gather(*(client.http(request, ca=ca) for request in requests)))
        finally:
            await client.aclose()

    return asyncio.run(all_of_them())
