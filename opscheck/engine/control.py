"""The control probe tells a host that is down from a machine without any network."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import secrets
import socket
import struct
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from opscheck.model import Unmeasured
from opscheck.probes.limits import Caps
from opscheck.probes.tcp import tcp

_RESOLVERS: Final = Path("/etc/resolv.conf")
_DNS_PORT: Final = 53
# Addresses set aside for documentation: connecting a UDP socket looks up a route and sends nothing.
_ELSEWHERE: Final = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))
_NO_ROUTE: Final = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})


def is_loopback(url: str) -> bool:
    """The address is on this machine, so that no network is needed to reach it."""
    name = urlsplit(url).hostname or ""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(name).is_loopback
    return name == "localhost" or name.endswith(".localhost")


def has_route() -> bool:
    """The machine has a route to addresses beyond its own networks. Sends nothing."""
    for family, address in _ELSEWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as probe:
                probe.connect((address, 9))
        except OSError as error:
            if error.errno not in _NO_ROUTE:
                return True
        else:
            return True
    return False


def nameservers(path: Path = _RESOLVERS) -> list[str]:
    """The addresses of the system's resolvers; none where they cannot be told."""
    try:
        lines = path.read_text("utf-8", "replace").splitlines()
    except OSError:
        return []
    return [words[1] for line in lines if (words := line.split())[:1] == ["nameserver"] and len(words) > 1]


async def resolver_answers(server: str, timeout: float, port: int = _DNS_PORT) -> bool:  # noqa: ASYNC109 - a budget
    """A resolver answers a question for the root's name servers, with whatever code."""
    loop = asyncio.get_running_loop()
    ident = secrets.randbits(16)
    question = struct.pack(">HHHHHH", ident, 0x0100, 1, 0, 0, 0) + b"\x00" + struct.pack(">HH", 2, 1)
    family = socket.AF_INET6 if ":" in server else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as query:
        query.setblocking(False)
        try:
            await loop.sock_connect(query, (server.partition("%")[0], port))
            async with asyncio.timeout(timeout):
                await loop.sock_sendall(query, question)
                answer = await loop.sock_recv(query, 512)
        except (OSError, TimeoutError):
            return False
    return answer[:2] == struct.pack(">H", ident)


async def why_offline(control: str, timeout: float = 1.0) -> str:  # noqa: ASYNC109 - a budget for the whole
    """Why this machine counts as having no network, in words; empty where it has one.

    Args:
        control: HOST:PORT that is up when the network is, or empty to ask only the machine's own routes and resolvers.
    """
    if control:
        name, _, port = control.rpartition(":")
        seen = await tcp(name.strip("[]"), int(port), caps=Caps(timeout=timeout, connect_timeout=timeout))
        return f"the control {control} cannot be reached either ({seen.kind})" if isinstance(seen, Unmeasured) else ""
    if not has_route():
        return "this machine has no route to any network"
    servers = [server for server in nameservers() if not is_loopback(f"http://{server}/")]
    if not servers:
        return ""
    answers = await asyncio.gather(*(resolver_answers(server, timeout) for server in servers[:3]))
    return "" if any(answers) else f"none of this machine's name servers answers ({', '.join(servers[:3])})"
