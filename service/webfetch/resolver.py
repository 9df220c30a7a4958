"""Names to addresses."""

from __future__ import annotations

import asyncio
import socket
from typing import Protocol

from ..errors import FetchError


class Resolver(Protocol):
    """Gives all addresses of a name."""

    async def __call__(self, host: str, port: int) -> list[str]:
        """Resolve; raise `FetchError` when there is no address."""


async def system_resolver(host: str, port: int) -> list[str]:
    """Resolve by the machine's own means, off the event loop."""
    if host.rstrip(".").lower().endswith(".invalid"):
        # Reserved never to exist (RFC 6761): no name server need be asked, nor waited for.
        raise FetchError("the host's name cannot be resolved", code="dns_failure")
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise FetchError("the host's name cannot be resolved", code="dns_failure") from None
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
